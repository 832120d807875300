package dev.plinth.lifecycle;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.PlinthListener;
import dev.plinth.report.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every add-on stands: written by the loops, read by the host, told to the listener.
 * Thread-safe.
 */
final class StatusBoard implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);
  private static final long LISTENER_THREAD_IDLE_SECONDS = 5;

  private final PlinthListener listener;
  private final InstantSource clock;
  private final ExecutorService notifications;
  private final Map<String, AddonStatus> addons = new TreeMap<>();
  private final Map<String, AddonStatus> files = new TreeMap<>();
  private final Map<String, Long> filesInDoubt = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private Instant started;
  private boolean incomplete;
  private boolean filesIncomplete;
  private boolean closed;

  /**
   * @param threadName name of the thread that calls the listener
   * @param listener who is told
   * @param clock for the time an add-on took
   */
  StatusBoard(String threadName, PlinthListener listener, InstantSource clock) {
    this.listener = listener;
    this.clock = clock;
    this.started = clock.instant();
    ThreadPoolExecutor single =
        new ThreadPoolExecutor(
            1,
            1,
            LISTENER_THREAD_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new ThreadFactoryBuilder().setNameFormat(threadName).setDaemon(true).build());
    single.allowCoreThreadTimeOut(true);
    this.notifications = single;
  }

  /** Times are counted from now on: the API server answers. */
  synchronized void apiServerReady() {
    started = clock.instant();
  }

  /** Those who wait for all add-ons wait for {@link #allKnown} too. */
  synchronized void moreToCome() {
    incomplete = true;
    filesIncomplete = true;
  }

  /** Every add-on that there is has a status. */
  synchronized void allKnown() {
    incomplete = false;
    notifyAll();
  }

  /** Every file that there is has a status, or is in doubt. */
  synchronized void allFilesKnown() {
    filesIncomplete = false;
    notifyAll();
  }

  /** Sets the status of an add-on; tells it if it differs from what is known. */
  synchronized void publish(
      String name, AddonState state, String reason, String message, int objects) {
    publish("Add-on", addons, name, new Verdict(state, reason, message), objects);
  }

  /**
   * Sets the status of a file; tells it if it differs from what is known.
   *
   * @param look number of the look at the file that it comes of
   */
  synchronized void publishFile(String path, long look, Verdict verdict, int objects) {
    publish("File", files, path, verdict, objects);
    confirmFile(path, look);
  }

  /**
   * What is known of a file may not be true any more: those who wait for files wait for what comes
   * of this look, or of a later one.
   */
  synchronized void doubtFile(String path, long look) {
    filesInDoubt.put(path, look);
  }

  /** What is known of a file is true as of this look. */
  synchronized void confirmFile(String path, long look) {
    filesInDoubt.computeIfPresent(path, (key, newest) -> newest <= look ? null : newest);
    notifyAll();
  }

  /** An add-on is not of this server's business any more. */
  synchronized void forget(String name) {
    addons.remove(name);
    notifyAll();
  }

  /** Whether an add-on does not run, by decision and not by failure. */
  synchronized boolean isSwitchedOff(String name) {
    AddonStatus known = addons.get(name);
    return known != null
        && (known.state() == AddonState.DISABLED || known.state() == AddonState.BLOCKED);
  }

  /** Whether an add-on has a status that waiting alone does not end. */
  synchronized boolean isSettled(String name) {
    AddonStatus known = addons.get(name);
    return known != null && known.state().settled();
  }

  /** A file is no longer there. */
  synchronized void forgetFile(String path) {
    filesInDoubt.remove(path);
    files.remove(path);
    notifyAll();
  }

  private void publish(
      String what, Map<String, AddonStatus> all, String name, Verdict verdict, int objects) {
    AddonState state = verdict.state();
    AddonStatus known = all.get(name);
    AddonStatus status =
        new AddonStatus(name, state, verdict.reason(), verdict.message(), objects, sinceStart());
    if (known != null && known.state() == state) {
      if (status.at(known.time()).equals(known)) {
        return;
      }
      status = state.settled() ? status.at(known.time()) : status;
    }
    AddonStatus told = status;
    all.put(name, told);
    LOG.info("{} {}", what, told);
    tell(it -> it.onStatus(told));
    notifyAll();
  }

  /** Adds a warning, once. */
  synchronized void warn(String warning) {
    if (!warnings.contains(warning)) {
      warnings.add(warning);
      LOG.warn("{}", warning);
      tell(it -> it.onWarning(warning));
    }
  }

  /** Puts a warning in the place of another one, of which it is a newer wording; tells nobody. */
  synchronized void reword(String warning, String newer) {
    warnings.replaceAll(it -> it.equals(warning) ? newer : it);
  }

  /** Takes a warning back: what it was about is over. */
  synchronized void withdraw(String warning) {
    warnings.remove(warning);
  }

  synchronized AddonReport report() {
    Duration now = sinceStart();
    return new AddonReport(upTo(now, addons), upTo(now, files), warnings);
  }

  private static List<AddonStatus> upTo(Duration now, Map<String, AddonStatus> statuses) {
    return statuses.values().stream().map(it -> it.state().settled() ? it : it.at(now)).toList();
  }

  /** Waits for all add-ons. */
  AddonReport await(Duration timeout) throws InterruptedException {
    return await(timeout, Scope.ADDONS);
  }

  /** Waits until all in the scope have settled, the time is over, or the server is closed. */
  synchronized AddonReport await(Duration timeout, Scope scope) throws InterruptedException {
    // A longer time than a long holds in nanoseconds is as good as this one: 292 years.
    long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
    while (!closed && !allSettled(scope)) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    return report();
  }

  /** Ends all waiting and tells what is still to be told. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
      notifications.shutdown();
    }
    try {
      if (!notifications.awaitTermination(1, TimeUnit.SECONDS)) {
        notifications.shutdownNow();
      }
    } catch (InterruptedException e) {
      notifications.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private boolean allSettled(Scope scope) {
    boolean addonsSettled =
        !incomplete && addons.values().stream().allMatch(it -> it.state().settled());
    boolean filesSettled =
        !filesIncomplete
            && filesInDoubt.isEmpty()
            && files.values().stream().allMatch(it -> it.state().settled());
    return addonsSettled && (scope == Scope.ADDONS || filesSettled);
  }

  private Duration sinceStart() {
    return Duration.between(started, clock.instant());
  }

  private void tell(Consumer<PlinthListener> message) {
    if (closed) {
      return;
    }
    notifications.execute(
        () -> {
          try {
            message.accept(listener);
          } catch (RuntimeException e) {
            LOG.warn("The listener failed", e);
          }
        });
  }
}
