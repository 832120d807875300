package dev.plinth.helm.controller;

import dev.plinth.helm.engine.ReleaseTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Bounds how many operations run at once, and knows for how long the running ones may. */
final class RunningOperations {

  private final Semaphore permits;
  private final InstantSource clock;
  private final Map<Permit, Instant> ends = new ConcurrentHashMap<>();

  RunningOperations(int most, InstantSource clock) {
    this.permits = new Semaphore(most);
    this.clock = clock;
  }

  /** Held while an operation runs. */
  final class Permit implements AutoCloseable {
    private final ReleaseTarget target;

    private Permit(ReleaseTarget target) {
      this.target = target;
    }

    @Override
    public void close() {
      ends.remove(this);
      permits.release();
    }

    @Override
    public String toString() {
      return target.toString();
    }
  }

  /** Waits until it may begin. */
  Permit begin(ReleaseTarget target, Duration timeout) throws InterruptedException {
    permits.acquire();
    Permit permit = new Permit(target);
    ends.put(permit, clock.instant().plus(timeout));
    return permit;
  }

  /** How long the running operations may still take. */
  Duration left() {
    Instant now = clock.instant();
    return ends.values().stream()
        .max(Comparator.naturalOrder())
        .map(it -> Duration.between(now, it))
        .filter(it -> !it.isNegative())
        .orElse(Duration.ZERO);
  }
}
