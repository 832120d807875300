package dev.plinth.files;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.files.FileIndex.Difference;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the manifests directory: by events of the file system, and by a look at everything every
 * now and then for what has no events (network and overlay file systems). Reads no file.
 *
 * <p>Two threads whatever the number of files: one takes events, the other looks, and calls the
 * listener. Both end with {@link #close}.
 */
public final class ManifestWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ManifestWatch.class);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final TreeScan scan;
  private final FileIndex index;
  private final Listener listener;
  private final Intervals intervals;
  private final Optional<WatchService> events;
  private final DirectoryWatches watches;
  private final ScheduledThreadPoolExecutor looking;
  private final Thread watching;
  private final Set<String> pending = new HashSet<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private Optional<String> obstacle = Optional.empty();
  private int rescans;

  /** Is called by one thread at a time. */
  public interface Listener {

    /**
     * Files have come, changed or gone.
     *
     * @param found files that are new, may have changed, or are skipped or not other than before
     * @param gone files that are no longer there
     * @param directories the directories that are there now; the manifests directory is {@code ""}
     */
    void changed(List<ManifestFile> found, List<ManifestPath> gone, Set<String> directories);

    /**
     * Other directories than before cannot be read. What was known of their files still is.
     *
     * @param problems what is wrong with each, as a part of a sentence without the path
     */
    void unreadable(Map<String, String> problems);

    /** Events do not tell of all changes, which are noticed by the next look only. */
    void withoutEvents(String reason, Duration noticedWithin);
  }

  /**
   * How often to look.
   *
   * @param rescan at everything
   * @param rescansUntilReread after how many of these to have all files read, whatever they look
   *     like
   */
  public record Intervals(Duration rescan, int rescansUntilReread) {

    /** 15 s, as K3s polls, and 10 min. */
    public static final Intervals DEFAULT = new Intervals(Duration.ofSeconds(15), 40);
  }

  /**
   * Watches nothing before {@link #start}.
   *
   * @param root the manifests directory; need not exist
   * @param excluded which files are not the user's
   * @param threadName prefix of the threads' names
   */
  public ManifestWatch(
      Path root,
      Predicate<ManifestPath> excluded,
      Listener listener,
      Intervals intervals,
      String threadName) {
    this.listener = listener;
    this.intervals = intervals;
    this.index = new FileIndex(excluded);
    this.events = openEvents(root);
    this.watches = new DirectoryWatches(events);
    this.scan = new TreeScan(root, watches);
    this.looking =
        new ScheduledThreadPoolExecutor(
            1,
            new ThreadFactoryBuilder().setNameFormat(threadName + "-look").setDaemon(true).build());
    this.watching = new Thread(this::takeEvents, threadName + "-watch");
    this.watching.setDaemon(true);
  }

  /**
   * Starts.
   *
   * @return completes when the listener knows all files that there are; never, if this is closed
   *     before
   */
  public CompletableFuture<Void> start() {
    events.ifPresent(it -> watching.start());
    CompletableFuture<Void> first = rescanSoon();
    long period = intervals.rescan().toMillis();
    looking.scheduleWithFixedDelay(this::rescanNow, period, period, TimeUnit.MILLISECONDS);
    return first;
  }

  /**
   * Looks at everything as soon as possible.
   *
   * @return completes when the listener knows all changes until now, or when this is closed
   */
  public CompletableFuture<Void> rescan() {
    return CompletableFuture.anyOf(rescanSoon(), closed).thenRun(() -> {});
  }

  @Override
  public void close() {
    looking.shutdownNow();
    closed.complete(null);
    try {
      if (events.isPresent()) {
        events.get().close();
        watching.join(PATIENCE.toMillis());
      }
      if (!looking.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("A look at the manifests directory has not ended {} after the close", PATIENCE);
      }
    } catch (IOException e) {
      LOG.warn("The watch of the manifests directory was not closed properly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<Void> rescanSoon() {
    try {
      return CompletableFuture.runAsync(this::rescanNow, looking);
    } catch (RejectedExecutionException e) {
      return new CompletableFuture<>();
    }
  }

  private Optional<WatchService> openEvents(Path root) {
    try {
      return Optional.of(root.getFileSystem().newWatchService());
    } catch (IOException | UnsupportedOperationException e) {
      obstacle = Optional.of(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void takeEvents() {
    try {
      while (true) {
        take(events.orElseThrow().take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ClosedWatchServiceException e) {
      LOG.debug("Events are not taken any more");
    }
  }

  private void take(WatchKey key) {
    try {
      enqueue(watches.concerned(key));
    } catch (RuntimeException e) {
      // What it was about is found by the next look at everything.
      LOG.error("Unexpected failure with events of {}", key.watchable(), e);
    }
  }

  /** Many events of a file while it is not looked at are as good as one. */
  private void enqueue(Set<String> paths) {
    synchronized (pending) {
      boolean isEmpty = pending.isEmpty();
      pending.addAll(paths);
      if (!isEmpty || pending.isEmpty()) {
        return;
      }
    }
    try {
      looking.execute(this::lookAtPending);
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed");
    }
  }

  private void lookAtPending() {
    Set<String> paths;
    synchronized (pending) {
      paths = new TreeSet<>(pending);
      pending.clear();
    }
    look(paths, paths::contains);
  }

  private void rescanNow() {
    rescans++;
    boolean reread = rescans % intervals.rescansUntilReread() == 0;
    look(Set.of(""), file -> reread);
  }

  private void look(Set<String> paths, Predicate<String> touched) {
    try {
      SortedMap<String, String> unreadable = new TreeMap<>(index.unreadable());
      Set<String> directories = Set.copyOf(index.directories());
      Map<ManifestPath, ManifestFile> found = new TreeMap<>();
      Set<ManifestPath> gone = new TreeSet<>();
      for (String path : paths) {
        watches.during(
            path,
            () -> {
              Difference difference = index.replace(path, scan.scan(path), touched);
              difference.gone().forEach(found::remove);
              gone.addAll(difference.gone());
              difference.found().forEach(it -> found.put(it.path(), it));
              difference.found().forEach(it -> gone.remove(it.path()));
            });
      }
      tell(found, gone, directories);
      if (!unreadable.equals(index.unreadable())) {
        listener.unreadable(new TreeMap<>(index.unreadable()));
      }
      tellOfObstacle();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      // The next look repeats it; without one there would be no other.
      LOG.error("Unexpected failure of a look at the manifests directory", e);
    }
  }

  private void tell(
      Map<ManifestPath, ManifestFile> found, Set<ManifestPath> gone, Set<String> directories) {
    Set<String> now = Set.copyOf(index.directories());
    if (!found.isEmpty() || !gone.isEmpty() || !now.equals(directories)) {
      listener.changed(List.copyOf(found.values()), List.copyOf(gone), now);
    }
  }

  private void tellOfObstacle() {
    Optional<String> now = watches.takeObstacle().or(() -> obstacle);
    obstacle = Optional.empty();
    now.ifPresent(it -> listener.withoutEvents(it, intervals.rescan()));
  }
}
