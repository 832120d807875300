package dev.plinth.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Keeps an add-on that somebody else keeps changing from being written without end: many repairs in
 * a short time are followed by growing pauses. Not thread-safe: it belongs to one loop.
 */
final class RepairBrake {

  private static final int MOST_REPAIRS = 5;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final Backoff pauses = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5));
  private final Deque<Instant> repairs = new ArrayDeque<>();
  private Instant released = Instant.MIN;

  RepairBrake(InstantSource clock) {
    this.clock = clock;
  }

  /** Notes that something was repaired now. */
  void repaired() {
    Instant now = clock.instant();
    repairs.addLast(now);
    while (repairs.getFirst().isBefore(now.minus(WINDOW))) {
      repairs.removeFirst();
    }
    if (repairs.size() >= MOST_REPAIRS) {
      released = now.plus(pauses.next());
    } else if (released.isBefore(now.minus(WINDOW))) {
      pauses.reset();
    }
  }

  /** How long to do nothing from now; zero if the brake is off. */
  Duration pause() {
    Duration left =
        released.equals(Instant.MIN) ? Duration.ZERO : Duration.between(clock.instant(), released);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
