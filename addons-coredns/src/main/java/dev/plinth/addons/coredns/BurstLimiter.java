package dev.plinth.addons.coredns;

import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Lets an event that comes alone through at once, and gathers a burst until it has been quiet for a
 * while or the burst has lasted too long to wait for its end.
 *
 * <p>A limit of so many runs in a period would either let a long burst write too often or make
 * everybody wait a whole period.
 */
final class BurstLimiter implements RateLimiter<BurstLimiter.State> {

  private final Duration quiet;
  private final Duration longestWait;
  private final InstantSource clock;

  /**
   * @param quiet how long nothing must have happened
   * @param longestWait how long an event waits at most
   */
  BurstLimiter(Duration quiet, Duration longestWait, InstantSource clock) {
    this.quiet = quiet;
    this.longestWait = longestWait;
    this.clock = clock;
  }

  @Override
  public State initState() {
    return new State();
  }

  /** Asked at every event, and again when the answered time is over. */
  @Override
  public Optional<Duration> isLimited(RateLimitState state) {
    return ((State) state).ask(clock.millis());
  }

  /** When one resource's events came; in milliseconds. Guarded by JOSDK's event processor. */
  final class State implements RateLimitState {

    private long lastAsked = Long.MIN_VALUE / 2;
    private long waitingSince = Long.MAX_VALUE;

    private Optional<Duration> ask(long now) {
      boolean isQuiet = now - lastAsked >= quiet.toMillis();
      lastAsked = now;
      waitingSince = Math.min(waitingSince, now);
      if (isQuiet || now - waitingSince >= longestWait.toMillis()) {
        waitingSince = Long.MAX_VALUE;
        return Optional.empty();
      }
      return Optional.of(quiet);
    }
  }
}
