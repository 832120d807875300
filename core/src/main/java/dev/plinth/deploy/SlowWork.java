package dev.plinth.deploy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Tells that work is under way, if it is not done within a second. */
final class SlowWork implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Runnable notice;
  private boolean over;

  /**
   * Begins.
   *
   * @param executor runs the notice
   * @param notice what to do if it takes long
   */
  SlowWork(Executor executor, Runnable notice) {
    this.notice = notice;
    CompletableFuture.delayedExecutor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS, executor)
        .execute(this::tell);
  }

  /** The work is done; waits for a notice that is being given. */
  @Override
  public synchronized void close() {
    over = true;
  }

  private synchronized void tell() {
    if (!over) {
      notice.run();
    }
  }
}
