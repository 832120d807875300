package dev.plinth.lifecycle;

import java.time.Duration;

/** Growing pauses between the attempts of one task. Not thread-safe: it belongs to the task. */
final class Backoff {

  private static final int MOST_DOUBLINGS = 20;

  private final Duration first;
  private final Duration longest;
  private int failures;

  Backoff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
  }

  /** The pause after one more failure. */
  Duration next() {
    Duration pause = first.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
    failures++;
    return pause.compareTo(longest) > 0 ? longest : pause;
  }

  void reset() {
    failures = 0;
  }
}
