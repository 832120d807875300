package dev.plinth.member;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loop with threads. */
final class ThreadLoop implements Loop {

  private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);
  private static final int REQUESTS_AT_ONCE = 4;
  private static final long IDLE_SECONDS = 10;
  private static final Duration TERMINATION = Duration.ofSeconds(2);
  private static final Duration A_MOMENT = Duration.ofMillis(100);

  private final Runnable task;
  private final ScheduledThreadPoolExecutor loop;
  private final ThreadPoolExecutor requests;
  private ScheduledFuture<?> wake;

  /**
   * @param threadNames how the names of its threads begin
   * @param task what is run when it is woken
   */
  ThreadLoop(String threadNames, Runnable task) {
    this.task = task;
    this.loop = new ScheduledThreadPoolExecutor(1, named(threadNames));
    loop.setRemoveOnCancelPolicy(true);
    this.requests =
        new ThreadPoolExecutor(
            REQUESTS_AT_ONCE,
            REQUESTS_AT_ONCE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            named(threadNames + "-request"));
    requests.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable one) {
    try {
      loop.execute(() -> run(one));
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed: nothing is decided any more");
    }
  }

  @Override
  public synchronized void wakeIn(Duration delay) {
    try {
      ScheduledFuture<?> next =
          loop.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
      if (wake != null) {
        wake.cancel(false);
      }
      wake = next;
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed: nothing is decided any more");
    }
  }

  @Override
  public <T> void send(Supplier<T> request, Consumer<T> done, Consumer<RuntimeException> failed) {
    try {
      requests.execute(
          () -> {
            try {
              T answer = request.get();
              execute(() -> done.accept(answer));
            } catch (RuntimeException e) {
              execute(() -> failed.accept(e));
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed: nothing is asked any more");
    }
  }

  @Override
  public void close() {
    long deadline = System.nanoTime() + TERMINATION.toNanos();
    try {
      boolean ended = false;
      while (!ended && System.nanoTime() - deadline < 0) {
        // Again and again: a transport may lose an interruption, and its request never end.
        loop.shutdownNow();
        requests.shutdownNow();
        ended = hasEnded(loop) && hasEnded(requests);
      }
      if (!ended) {
        LOG.warn("A thread of the group of servers has not ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean hasEnded(ExecutorService threads) throws InterruptedException {
    return threads.awaitTermination(A_MOMENT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A failure of one decision must not keep the next from being made. */
  private static void run(Runnable one) {
    try {
      one.run();
    } catch (RuntimeException e) {
      LOG.error("Unexpected failure in the group of servers", e);
    }
  }

  private static ThreadFactory named(String name) {
    return new ThreadFactoryBuilder().setNameFormat(name + "-%d").setDaemon(true).build();
  }
}
