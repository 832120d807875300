package dev.plinth.member;

import java.time.Duration;

/**
 * How long Leases last and how often they are renewed; by default what Kubernetes itself uses.
 *
 * @param duration how long others wait for a silent holder, from their last sight of a change; from
 *     1 s to 5 min, told to others in whole seconds, rounded up
 * @param renewDeadline how long after its last renewal a server still writes: less than {@code
 *     duration}, by so much that a request that was sent has arrived before somebody takes over. A
 *     Lease is renewed every half of it
 * @param retry the pause after a renewal that failed; less than half of {@code renewDeadline}. Also
 *     how long the others leave a Lease to whom it was handed over
 */
public record LeaseTimes(Duration duration, Duration renewDeadline, Duration retry) {

  static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** 15 s, 10 s and 2 s: renewed every 5 s. */
  public static final LeaseTimes DEFAULT =
      new LeaseTimes(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

  /**
   * @throws IllegalArgumentException if they do not fit together
   */
  public LeaseTimes {
    if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "duration is %s, expected from %s to %s".formatted(duration, SHORTEST, LONGEST));
    }
    if (renewDeadline.compareTo(duration) >= 0) {
      throw new IllegalArgumentException(
          "renewDeadline is %s, expected less than the duration, %s"
              .formatted(renewDeadline, duration));
    }
    if (retry.isNegative() || retry.isZero() || retry.compareTo(renewDeadline.dividedBy(2)) >= 0) {
      throw new IllegalArgumentException(
          "retry is %s, expected more than nothing and less than half of renewDeadline, %s"
              .formatted(retry, renewDeadline));
    }
  }

  /** The time from one renewal to the next. */
  public Duration renewEvery() {
    return renewDeadline.dividedBy(2);
  }
}
