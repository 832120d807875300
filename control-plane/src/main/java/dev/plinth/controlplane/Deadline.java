package dev.plinth.controlplane;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment until which conditions are waited for that nobody tells us about: they are polled. */
final class Deadline {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  private final Duration duration;
  private final long end;

  private Deadline(Duration duration, long end) {
    this.duration = duration;
    this.end = end;
  }

  static Deadline in(Duration duration) {
    return new Deadline(duration, System.nanoTime() + duration.toNanos());
  }

  /** How long it was when it was set. */
  Duration duration() {
    return duration;
  }

  /** A condition outside of this process. */
  interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  /**
   * Waits for a condition.
   *
   * @return whether it came to hold in time
   * @throws ControlPlaneException if the thread is interrupted, which it is again afterwards
   */
  boolean await(Condition condition) throws IOException {
    try {
      long pause = FIRST_PAUSE.toNanos();
      while (!condition.holds()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.sleep(Math.min(left, pause));
        pause = Math.min(pause * 3 / 2, LONGEST_PAUSE.toNanos());
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ControlPlaneException("Interrupted", e);
    }
  }
}
