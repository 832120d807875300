package dev.plinth.helm.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long a merge takes. */
class MergeSpeedTest {

  private static final int WARM_UP = 200;
  private static final int RUNS = 101;

  /** 2,000 keys of the chart; half of them overridden, by each of the ways. */
  @Tag("exhaustive")
  @Test
  void two_thousand_keys_are_merged_within_two_milliseconds() {
    StringBuilder defaults = new StringBuilder();
    StringBuilder overrides = new StringBuilder();
    for (int group = 0; group < 100; group++) {
      defaults.append("group%d:\n  nested:\n".formatted(group));
      overrides.append("group%d:\n  nested:\n".formatted(group));
      for (int key = 0; key < 20; key++) {
        defaults.append("    key%d: value %d\n".formatted(key, key));
        if (key % 2 == 0) {
          overrides.append("    key%d: other %d\n".formatted(key, key));
        }
      }
    }
    ValuesInput input =
        new Fixture()
            .defaults(defaults.toString())
            .chart("values:\n" + overrides.toString().indent(2) + "set: {group7.nested.key3: x}")
            .config("values:\n  group5:\n    nested: {key0: config, key1: null}\n")
            .input();
    double merge = median(input, true);
    double withTexts = median(input, false);

    System.getLogger(MergeSpeedTest.class.getName())
        .log(
            System.Logger.Level.INFO,
            "2,000 keys: merged in {0} ms, in {1} ms with the reading of texts",
            merge,
            withTexts);
    assertThat(merge).isLessThan(2);
  }

  /** In milliseconds of this thread's processor time, which other programs do not lengthen. */
  private static double median(ValuesInput input, boolean isMergeAlone) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] times =
        IntStream.range(0, WARM_UP + RUNS)
            .mapToLong(
                run -> {
                  long before = threads.getCurrentThreadCpuTime();
                  ValuesMerger.Sources sources = ValuesMerger.read(input);
                  long start = isMergeAlone ? threads.getCurrentThreadCpuTime() : before;
                  MergedValues merged = ValuesMerger.merge(sources);
                  long end = threads.getCurrentThreadCpuTime();
                  assertThat(merged.effective()).hasSize(100);
                  return end - start;
                })
            .skip(WARM_UP)
            .sorted()
            .toArray();
    return times[RUNS / 2] / 1e6;
  }
}
