package dev.plinth.addons.servicelb;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes few writes of many changes: what comes alone is written at once, what follows within a
 * moment together. A problem is told of when it has lasted for a moment, so that all nodes that
 * have it are named, and none that passes by itself.
 *
 * <p>Nobody waits for more pods when all are ready. That keeps the number of writes, since none
 * follows: between the first and the last pod of a Service being ready there are no more of them,
 * after the first, than moments have begun. It takes that a moment begins with the answer to a
 * write, not with the look at the pods before: as slow as the API server answers, pods are seen.
 *
 * <p>Nothing depends on what is remembered here but the time of a write.
 */
final class StatusPace {

  static final Duration MOMENT = Duration.ofMillis(400);

  /**
   * The last write to a Service's status.
   *
   * @param complete whether all pods were ready
   */
  private record Write(Instant time, boolean complete) {}

  private final InstantSource clock;
  private final Map<String, Write> writes = new ConcurrentHashMap<>();
  private final Map<String, Instant> problems = new ConcurrentHashMap<>();

  StatusPace(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * How long the next write to a Service's status has to wait; empty if it can be done now.
   *
   * @param complete whether all pods that are to serve are ready, so that no more are to come
   */
  Optional<Duration> pause(String uid, boolean complete) {
    Write last = writes.get(uid);
    return last == null || (complete && !last.complete())
        ? Optional.empty()
        : remaining(last.time());
  }

  /** How long a problem has to last before it is told; empty if it has lasted long enough. */
  Optional<Duration> untilTold(String uid) {
    return remaining(problems.computeIfAbsent(uid, it -> clock.instant()));
  }

  /**
   * Notes that a Service's status was written.
   *
   * @param complete whether all pods that are to serve were ready
   */
  void wrote(String uid, boolean complete) {
    writes.put(uid, new Write(clock.instant(), complete));
  }

  void solved(String uid) {
    problems.remove(uid);
  }

  void forget(String uid) {
    writes.remove(uid);
    problems.remove(uid);
  }

  private Optional<Duration> remaining(Instant since) {
    Duration left = MOMENT.minus(Duration.between(since, clock.instant()));
    // A clock that was set back must not make anybody wait for it.
    return left.isNegative() || left.isZero() || left.compareTo(MOMENT) > 0
        ? Optional.empty()
        // Whoever comes back counts whole milliseconds, and must not be early.
        : Optional.of(left.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS));
  }
}
