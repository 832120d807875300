package dev.plinth.benchmarks;

import java.time.Duration;

/**
 * How to measure.
 *
 * @param shortForm only to see that the benchmarks work: few objects, one run, no warm-up
 * @param runs how often each thing is measured
 * @param idle how long nothing happens in the benchmark of that
 * @param fsync whether etcd waits for the disk
 */
record Settings(boolean shortForm, int runs, Duration idle, boolean fsync) {

  private static final Duration SHORT_IDLE = Duration.ofSeconds(5);

  Settings {
    if (shortForm) {
      runs = 1;
      idle = SHORT_IDLE;
    }
  }

  /** Runs before those that count, for the JIT compiler. */
  int warmUps() {
    return shortForm ? 0 : 1;
  }

  /** A number of objects. */
  int size(int full, int inShort) {
    return shortForm ? inShort : full;
  }
}
