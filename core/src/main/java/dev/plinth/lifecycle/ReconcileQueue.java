package dev.plinth.lifecycle;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs named tasks whenever they are woken: each one by one thread at a time, many wakes during a
 * run as one run after it, different ones side by side. The shape of client-go's work queue.
 */
final class ReconcileQueue implements AutoCloseable {

  /** One round of a task. */
  @FunctionalInterface
  interface Task {

    /**
     * Does what is to be done now.
     *
     * @return when to run again if nobody wakes it before; empty if it need not
     */
    Optional<Duration> run() throws InterruptedException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(ReconcileQueue.class);
  private static final Duration AFTER_DEFECT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMillis(1500);

  private final ScheduledThreadPoolExecutor executor;
  private final Duration afterDefect;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  /**
   * @param name prefix of the threads' names
   * @param threads how many tasks run side by side
   */
  ReconcileQueue(String name, int threads) {
    this(name, threads, AFTER_DEFECT);
  }

  ReconcileQueue(String name, int threads, Duration afterDefect) {
    this.afterDefect = afterDefect;
    executor =
        new ScheduledThreadPoolExecutor(
            threads,
            new ThreadFactoryBuilder().setNameFormat(name + "-%d").setDaemon(true).build());
    executor.setRemoveOnCancelPolicy(true);
  }

  /** Adds a task, unless there is one of that name, and wakes it. */
  void add(String key, Task task) {
    entries.putIfAbsent(key, new Entry(key, task));
    wake(key);
  }

  /** Has a task run as soon as possible; does nothing if there is none of that name. */
  void wake(String key) {
    Optional.ofNullable(entries.get(key)).ifPresent(Entry::wake);
  }

  /** Interrupts a task, waits a moment for it to end, and does not run it any more. */
  void remove(String key) {
    Entry removed = entries.remove(key);
    if (removed != null && !removed.end()) {
      LOG.warn("{} has not ended {} after its interruption", key, PATIENCE);
    }
  }

  /** Interrupts what runs, and runs nothing more. */
  void abandon() {
    executor.shutdownNow();
  }

  /** Interrupts what runs, waits a moment for it to end, and runs nothing more. */
  @Override
  public void close() {
    abandon();
    try {
      if (!executor.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Work has not ended {} after its interruption", PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Entry {

    private final String key;
    private final Task task;
    private boolean running;
    private boolean wokenMeanwhile;
    private boolean ended;
    private Thread runner;
    private Future<?> next;

    Entry(String key, Task task) {
      this.key = key;
      this.task = task;
    }

    synchronized void wake() {
      if (running) {
        wokenMeanwhile = true;
      } else {
        schedule(Duration.ZERO);
      }
    }

    /** Returns whether it has ended; must not be called by the task itself. */
    synchronized boolean end() {
      ended = true;
      if (next != null) {
        next.cancel(false);
      }
      if (running) {
        runner.interrupt();
      }
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      try {
        while (running) {
          long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
          if (left <= 0) {
            return false;
          }
          wait(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return !running;
      }
      return true;
    }

    private void run() {
      synchronized (this) {
        if (ended) {
          return;
        }
        if (running) {
          // A thread had begun this when it was cancelled for another one.
          wokenMeanwhile = true;
          return;
        }
        running = true;
        runner = Thread.currentThread();
        wokenMeanwhile = false;
        next = null;
      }
      Optional<Duration> delay = Optional.empty();
      try {
        delay = task.run();
      } catch (InterruptedException e) {
        if (executor.isShutdown()) {
          Thread.currentThread().interrupt();
        } else if (!hasEnded()) {
          // Not by us: some code that the task called ended itself. The task is to go on.
          delay = retryAfter(e);
        }
      } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
        // Errors too: code of an add-on that does not fit the class path must not end its loop.
        delay = retryAfter(e);
      } finally {
        finished(delay);
      }
    }

    private Optional<Duration> retryAfter(Throwable defect) {
      if (!executor.isShutdown() && !hasEnded()) {
        LOG.error("Unexpected failure of {}; it is tried again in {}", key, afterDefect, defect);
      }
      return Optional.of(afterDefect);
    }

    private synchronized boolean hasEnded() {
      return ended;
    }

    private synchronized void finished(Optional<Duration> delay) {
      running = false;
      runner = null;
      notifyAll();
      if (ended) {
        return;
      }
      if (wokenMeanwhile) {
        schedule(Duration.ZERO);
      } else {
        delay.ifPresent(this::schedule);
      }
    }

    private synchronized void schedule(Duration delay) {
      if (next != null) {
        next.cancel(false);
      }
      try {
        next = executor.schedule(this::run, delay.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("{} is not run any more: the server is closed", key);
      }
    }
  }
}
