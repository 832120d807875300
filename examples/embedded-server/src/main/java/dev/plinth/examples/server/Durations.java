package dev.plinth.examples.server;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/** Durations as the Kubernetes tools write them: {@code 90s}, {@code 5m}, {@code 1h30m}. */
final class Durations {

  private static final Pattern SHAPE =
      Pattern.compile("(?:\\d+h)?(?:\\d+m)?(?:\\d+(?:\\.\\d+)?s)?");

  private static final String EXPECTED = "a duration above zero such as 90s, 5m or 1h30m";

  private Durations() {}

  /**
   * @throws IllegalArgumentException if it is none, or zero, with what was expected
   */
  static Duration parse(String text) {
    try {
      if (SHAPE.matcher(text).matches()) {
        Duration duration = Duration.parse("PT" + text);
        if (!duration.isZero()) {
          return duration;
        }
      }
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
    throw new IllegalArgumentException(EXPECTED);
  }
}
