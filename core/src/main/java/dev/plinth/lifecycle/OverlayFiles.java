package dev.plinth.lifecycle;

import dev.plinth.cluster.ClusterApi;
import dev.plinth.files.ManifestFile;
import dev.plinth.files.ManifestPath;
import dev.plinth.files.ManifestWatch;
import dev.plinth.lifecycle.OverlayDirectory.Sight;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.overlay.OverlayCopy;
import dev.plinth.overlay.OverlayMaps;
import dev.plinth.overlay.OverlayProblem;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the overlays on this server's disk into the cluster, from where they are applied: {@code
 * <data-dir>/server/overlays/<add-on>/*.yaml}, watched as manifests are. Whether they are any good
 * is found out where they are applied.
 */
final class OverlayFiles implements ReconcileQueue.Task, ManifestWatch.Listener, AutoCloseable {

  private static final String DIRECTORY = "overlays";

  static final String KEY = "overlays";

  private static final Logger LOG = LoggerFactory.getLogger(OverlayFiles.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final Path root;
  private final Supplier<Set<String>> addons;
  private final Surroundings server;
  private final ClusterApi api;
  private final ReconcileQueue queue;
  private final Consumer<String> told;
  private final ManifestWatch watch;
  private final Warnings warnings;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private final Map<String, OverlayDirectory> directories = new HashMap<>();
  private final SortedMap<ManifestPath, ManifestFile> present = new TreeMap<>();
  private Map<String, String> unreadable = Map.of();
  private boolean rootIsThere;
  private boolean started;
  private boolean looked;
  private boolean settled;

  /**
   * @param root the overlays directory; made if it is not there
   * @param addons names of the add-ons there are now
   * @param server what the loops share
   * @param api writes as {@link OverlayMaps#fieldManager} of this server
   * @param queue where this task and that of the start run
   * @param told is told the name of an add-on of which something else is to be told than before
   * @param threadName prefix of the names of the threads that watch
   */
  OverlayFiles(
      Path root,
      Supplier<Set<String>> addons,
      Surroundings server,
      ClusterApi api,
      ReconcileQueue queue,
      Consumer<String> told,
      String threadName) {
    this.root = root.toAbsolutePath();
    this.addons = addons;
    this.server = server;
    this.api = api;
    this.queue = queue;
    this.told = told;
    this.warnings = new Warnings(server.board());
    this.watch =
        new ManifestWatch(
            this.root, it -> false, this, ManifestWatch.Intervals.DEFAULT, threadName);
  }

  /**
   * Begins, once; the ConfigMaps of overlays are known.
   *
   * @return whether the cluster has what is on disk, as far as it can be put there; until then no
   *     add-on is to be applied. {@link ServerStart#KEY} is woken then.
   */
  synchronized boolean start() {
    if (!started) {
      started = true;
      makeRoot();
      watch
          .start()
          .whenComplete(
              (done, error) -> {
                if (error != null) {
                  LOG.error("The overlays on disk are not known", error);
                }
                firstLookDone();
              });
    }
    return settled;
  }

  /** The overlays directory of a server. */
  static Path directory(ManifestStaging staging) {
    return staging.manifestsDirectory().resolveSibling(DIRECTORY).toAbsolutePath();
  }

  /** What went while nobody ran is an accident if the directory is not there at all. */
  private void makeRoot() {
    boolean hasCopies =
        server.engine().overlayMaps().addons().stream().anyMatch(it -> !copied(it).isEmpty());
    if (!hasCopies && !Files.exists(root)) {
      try {
        DataDirectoryLock.makePrivate(root);
      } catch (IOException e) {
        LOG.debug("{} cannot be made; it is watched for all the same", root, e);
      }
    }
  }

  private synchronized void firstLookDone() {
    looked = true;
    queue.add(KEY, this);
  }

  @Override
  public synchronized void changed(
      List<ManifestFile> found, List<ManifestPath> gone, Set<String> directoriesNow) {
    gone.forEach(present::remove);
    found.forEach(it -> present.put(it.path(), it));
    rootIsThere = directoriesNow.contains("");
    queue.wake(KEY);
  }

  @Override
  public synchronized void unreadable(Map<String, String> problems) {
    unreadable = Map.copyOf(problems);
    queue.wake(KEY);
  }

  @Override
  public void withoutEvents(String reason, Duration noticedWithin) {
    server
        .board()
        .warn(
            "no file events for %s; changes of overlays are noticed within %d s"
                .formatted(reason, noticedWithin.toSeconds()));
  }

  @Override
  public void close() {
    watch.close();
  }

  @Override
  public Optional<Duration> run() throws InterruptedException {
    Round round = new Round();
    try {
      round.run();
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      LOG.debug("Overlays not copied", e);
      return Optional.of(backoff.next());
    }
    backoff.reset();
    warnings.are(round.warned);
    if (round.settled) {
      settle();
    }
    return round.again;
  }

  private void settle() {
    synchronized (this) {
      if (settled || !looked) {
        return;
      }
      settled = true;
    }
    queue.wake(ServerStart.KEY);
  }

  /** What this server put into the cluster of an add-on. */
  private SortedMap<String, String> copied(String addon) {
    OverlayMaps maps = server.engine().overlayMaps();
    SortedMap<String, String> copied = new TreeMap<>(maps.of(addon).newest());
    copied
        .keySet()
        .retainAll(
            maps.find(addon)
                .map(it -> OverlayCopy.ownedBy(it, api.fieldManager()))
                .orElseGet(TreeSet::new));
    return copied;
  }

  private boolean isUsersFile(String addonResource) {
    return server.addons().find(addonResource).filter(it -> it.addon().isEmpty()).isPresent();
  }

  /** One look at everything. */
  private final class Round {

    private final OverlayMaps maps = server.engine().overlayMaps();
    private final OverlayTree tree;
    private final Set<String> lost = new TreeSet<>();
    private final boolean isRootThere;
    private final List<String> warned = new ArrayList<>();
    private Optional<Duration> again = Optional.empty();
    private boolean settled = true;

    Round() {
      synchronized (OverlayFiles.this) {
        tree = OverlayTree.of(root, present.values(), addons.get(), OverlayFiles.this::isUsersFile);
        unreadable.forEach(
            (directory, problem) -> {
              lost.add(OverlayTree.directoryOf(directory + "/"));
              warned.add(
                  "overlays directory %s %s: its overlays are left as they are"
                      .formatted(root.resolve(directory), problem));
            });
        isRootThere = rootIsThere;
      }
    }

    void run() {
      warned.addAll(tree.warnings());
      Set<String> names = new TreeSet<>(tree.byAddon().keySet());
      names.addAll(maps.addons());
      names.removeAll(tree.unknown());
      boolean anyLost = false;
      for (String name : names) {
        anyLost |= !isRootThere && !copied(name).isEmpty();
        copy(name);
      }
      if (anyLost) {
        warned.add(
            "%s is missing, which is taken for an accident: the overlays stay. Make it anew to tell that they were removed"
                .formatted(root));
      }
    }

    private void copy(String name) {
      OverlayDirectory directory =
          directories.computeIfAbsent(name, it -> new OverlayDirectory(it, server.clock()));
      boolean unmounted = !isRootThere || lost.contains("") || lost.contains(name);
      Sight sight =
          directory.look(tree.byAddon().getOrDefault(name, List.of()), copied(name), unmounted);
      sight.again().ifPresent(this::lookAgain);
      settled &= sight.settled();
      if (!sight.settled()) {
        return;
      }
      OverlayCopy copy =
          OverlayCopy.of(
              name, maps.find(name), api.fieldManager(), sight.files(), directory.changed());
      List<OverlayProblem> problems = new ArrayList<>(sight.problems());
      problems.addAll(copy.problems());
      if (copy.fits()) {
        write(copy, problems).ifPresentOrElse(this::lookAgain, directory::copied);
      }
      problems.forEach(it -> warned.add(it.message()));
      if (server.engine().overlaysOnDisk().note(name, problems)) {
        told.accept(name);
      }
    }

    /** When to try again; empty if there is no need to. */
    private Optional<Duration> write(OverlayCopy copy, List<OverlayProblem> problems) {
      try {
        maps.write(copy, api);
        if (maps.find(copy.addon()).isEmpty()) {
          maps.record(copy.addon(), new TreeMap<>(), api);
        }
      } catch (KubernetesClientException e) {
        if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
          // Somebody was faster; the watch tells what they wrote.
          return Optional.of(FIRST_PAUSE);
        }
        if (e.getCode() < HttpURLConnection.HTTP_BAD_REQUEST
            || e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR) {
          throw e;
        }
        problems.add(copy.refused(Verdict.of(e).message()));
        return Optional.of(LONGEST_PAUSE);
      }
      return Optional.empty();
    }

    private void lookAgain(Duration pause) {
      again = again.filter(it -> it.compareTo(pause) < 0).or(() -> Optional.of(pause));
    }
  }
}
