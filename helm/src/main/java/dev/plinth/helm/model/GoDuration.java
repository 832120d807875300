package dev.plinth.helm.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them, e.g. {@code 5m0s}, {@code 1.5h} or {@code 300ms}. */
public final class GoDuration {

  private static final Pattern PART =
      Pattern.compile("(?<number>\\d+(?:\\.\\d*)?|\\.\\d+)(?<unit>ns|us|µs|μs|ms|s|m|h)");
  private static final Pattern WHOLE = Pattern.compile("\\+?(?:0|(?:" + PART.pattern() + ")+)");
  private static final Map<String, Long> NANOSECONDS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /**
   * Reads a duration.
   *
   * @return empty if it is none, is negative, or is beyond the 292 years that Go can count
   */
  public static Optional<Duration> parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal nanoseconds = BigDecimal.ZERO;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      nanoseconds =
          nanoseconds.add(
              new BigDecimal(parts.group("number"))
                  .multiply(BigDecimal.valueOf(NANOSECONDS.get(parts.group("unit")))));
    }
    return nanoseconds.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? Optional.empty()
        : Optional.of(
            Duration.ofNanos(nanoseconds.setScale(0, RoundingMode.DOWN).longValueExact()));
  }
}
