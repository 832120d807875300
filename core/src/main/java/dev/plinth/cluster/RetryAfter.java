package dev.plinth.cluster;

import com.google.common.primitives.Longs;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the API server asked of a client that sends too much (429 with {@code Retry-After}): nothing
 * more before a time. The HTTP client's own retries keep to it; this is for what is sent after it
 * has given up. Thread-safe.
 */
final class RetryAfter {

  /** Whoever asks for more is not believed. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private static final int TOO_MANY_REQUESTS = 429;

  private long until = System.nanoTime();

  /** Waits until something may be sent. */
  void await() throws InterruptedException {
    for (long left = left(); left > 0; left = left()) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }

  /** Takes note of what an answer asks for. */
  void note(HttpResponse<?> response) {
    if (response.code() == TOO_MANY_REQUESTS) {
      Optional.ofNullable(response.header("Retry-After"))
          .map(Longs::tryParse)
          .ifPresent(this::hold);
    }
  }

  private synchronized void hold(long seconds) {
    long pause = Duration.ofSeconds(Math.min(LONGEST.toSeconds(), seconds)).toNanos();
    long end = System.nanoTime() + pause;
    until = end - until > 0 ? end : until;
  }

  private synchronized long left() {
    return until - System.nanoTime();
  }
}
