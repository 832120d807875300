package dev.plinth.addons.servicelb;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes few writes of many changes: what comes alone is written at once, what follows within a
 * moment together. A problem is told of when it has lasted for a moment, so that all nodes that
 * have it are named, and none that passes by itself.
 *
 * <p>Nothing depends on what is remembered here but the time of a write.
 */
final class StatusPace {

  static final Duration MOMENT = Duration.ofMillis(400);

  private final InstantSource clock;
  private final Map<String, Instant> writes = new ConcurrentHashMap<>();
  private final Map<String, Instant> problems = new ConcurrentHashMap<>();

  StatusPace(InstantSource clock) {
    this.clock = clock;
  }

  /** How long the next write to a Service's status has to wait; empty if it can be done now. */
  Optional<Duration> pause(String uid) {
    return remaining(writes.get(uid));
  }

  /** How long a problem has to last before it is told; empty if it has lasted long enough. */
  Optional<Duration> untilTold(String uid) {
    return remaining(problems.computeIfAbsent(uid, it -> clock.instant()));
  }

  void wrote(String uid) {
    writes.put(uid, clock.instant());
  }

  void solved(String uid) {
    problems.remove(uid);
  }

  void forget(String uid) {
    writes.remove(uid);
    problems.remove(uid);
  }

  private Optional<Duration> remaining(Instant since) {
    if (since == null) {
      return Optional.empty();
    }
    Duration left = MOMENT.minus(Duration.between(since, clock.instant()));
    // A clock that was set back must not make anybody wait for it.
    return left.isNegative() || left.isZero() || left.compareTo(MOMENT) > 0
        ? Optional.empty()
        : Optional.of(left);
  }
}
