package dev.plinth.benchmarks;

import com.google.common.math.Quantiles;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.values.ChartDefaults;
import dev.plinth.helm.values.ValuesInput;
import dev.plinth.helm.values.ValuesMerger;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How long the merging of values takes, with the reading of their texts. */
final class ValuesMerge implements Benchmark {

  private static final int GROUPS = 100;
  private static final int KEYS = 20;
  private static final int WARM_UP = 2_000;
  private static final String MERGE = "2,000 keys: read and merged, processor time";

  @Override
  public String name() {
    return "values-merge";
  }

  @Override
  public String description(Settings settings) {
    return "%,d values of a chart, half of them overridden by the values of a HelmChart, a few by its set and by a HelmChartConfig, read and merged by one thread %d times in each run; the median of them."
        .formatted(GROUPS * KEYS, merges(settings));
  }

  private static int merges(Settings settings) {
    return settings.size(501, 1);
  }

  @Override
  public List<Measurement> run(Settings settings) {
    ValuesInput input = input();
    for (int i = 0; i < settings.size(WARM_UP, 0); i++) {
      merge(input);
    }
    Series series = new Series();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (int run = 0; run < settings.runs(); run++) {
      List<Double> milliseconds = new ArrayList<>();
      for (int i = 0; i < merges(settings); i++) {
        long begin = threads.getCurrentThreadCpuTime();
        merge(input);
        milliseconds.add((threads.getCurrentThreadCpuTime() - begin) / 1e6);
      }
      series.add(MERGE, "ms", Quantiles.median().compute(milliseconds));
    }
    series.aim(MERGE, Goal.under(2));
    return series.measurements();
  }

  private static void merge(ValuesInput input) {
    int groups = new ValuesMerger().merge(input).effective().size();
    BenchmarkFailedException.unless(groups == GROUPS, "%d groups of values", groups);
  }

  private static ValuesInput input() {
    StringBuilder defaults = new StringBuilder();
    StringBuilder overrides = new StringBuilder();
    for (int group = 0; group < GROUPS; group++) {
      defaults.append("group%d:\n  nested:\n".formatted(group));
      overrides.append("group%d:\n  nested:\n".formatted(group));
      for (int key = 0; key < KEYS; key++) {
        defaults.append("    key%1$d: value %1$d\n".formatted(key));
        if (key % 2 == 0) {
          overrides.append("    key%1$d: other %1$d\n".formatted(key));
        }
      }
    }
    return new ValuesInput(
        ChartDefaults.of("many", defaults.toString()),
        object(
            HelmChart.class,
            "spec:\n  values:\n"
                + overrides.toString().indent(4)
                + "  set: {group7.nested.key3: x}\n"),
        Optional.of(
            object(
                HelmChartConfig.class,
                "spec: {values: {group5: {nested: {key0: config, key1: null}}}}")),
        ValuesInput.Secrets.NONE);
  }

  private static <T> T object(Class<T> type, String spec) {
    return new KubernetesSerialization()
        .unmarshal("metadata: {namespace: default, name: many}\n" + spec, type);
  }
}
