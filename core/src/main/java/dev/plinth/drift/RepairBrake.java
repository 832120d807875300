package dev.plinth.drift;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Keeps one object that somebody else keeps changing from being written without end: after five
 * repairs within a minute the pauses between repairs grow, from ten seconds to five minutes. It
 * lets go when the object has been as declared for a minute after the last repair.
 *
 * <p>Not thread-safe: one look at an object at a time.
 */
final class RepairBrake {

  private static final int MOST_REPAIRS = 5;
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final InstantSource clock;
  private final Deque<Instant> repairs = new ArrayDeque<>();
  private Duration pause = Duration.ZERO;

  /** Whether a repair was refused, and not made since. */
  private boolean awaited;

  RepairBrake(InstantSource clock) {
    this.clock = clock;
  }

  /** The object was repaired now. */
  void repaired() {
    Instant now = clock.instant();
    awaited = false;
    repairs.addLast(now);
    repairs.removeIf(it -> it.isBefore(now.minus(WINDOW)));
    if (isPulled()) {
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    } else if (repairs.size() >= MOST_REPAIRS) {
      pause = FIRST_PAUSE;
    }
  }

  /** The object was seen to be as declared now. */
  void calm() {
    awaited = false;
    if (isPulled() && !clock.instant().isBefore(calmAt())) {
      pause = Duration.ZERO;
      repairs.clear();
    }
  }

  /** Whether somebody fights over the object. */
  boolean isPulled() {
    return !pause.isZero();
  }

  /** Whether the object may be repaired now; if not, it is to be looked at once it may. */
  boolean allows() {
    awaited = clock.instant().isBefore(releasedAt());
    return !awaited;
  }

  /** Whether it has nothing to remember any more. */
  boolean isSpent() {
    return !isPulled()
        && (repairs.isEmpty() || repairs.getLast().isBefore(clock.instant().minus(WINDOW)));
  }

  /** When to look at the object though nothing has changed; empty if there is no need to. */
  Optional<Instant> nextLook() {
    return isPulled() ? Optional.of(awaited ? releasedAt() : calmAt()) : Optional.empty();
  }

  private Instant releasedAt() {
    return isPulled() ? repairs.getLast().plus(pause) : Instant.MIN;
  }

  private Instant calmAt() {
    return repairs.getLast().plus(pause.compareTo(WINDOW) > 0 ? pause : WINDOW);
  }
}
