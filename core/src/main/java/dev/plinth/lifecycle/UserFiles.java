package dev.plinth.lifecycle;

import static java.util.stream.Collectors.groupingBy;

import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.SourceFile;
import dev.plinth.files.Disappearances;
import dev.plinth.files.Disappearances.Accident;
import dev.plinth.files.ManifestFile;
import dev.plinth.files.ManifestPath;
import dev.plinth.files.ManifestWatch;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.report.AddonState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users' files of a server: hears from the file system what comes, changes and goes, and has
 * the loop of each file's Addon look. A file that vanishes is gone for good only after a while.
 */
final class UserFiles implements ManifestWatch.Listener, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UserFiles.class);
  private static final String VANISHED_KEY = "vanished files";

  /** Newer than any look at a file that is there. */
  private static final long GONE = Long.MAX_VALUE;

  private final FileSettings settings;
  private final ManifestWatch watch;
  private final ReconcileQueue queue;
  private final LoopKeys keys;
  private final Surroundings server;
  private final Disappearances disappearances;
  private final Map<String, Named> names = new ConcurrentHashMap<>();
  private final Map<ManifestPath, ManifestFile> present = new TreeMap<>();
  private final Map<String, String> warnings = new HashMap<>();
  private Set<String> directories = Set.of();
  private Map<String, String> unreadable = Map.of();
  private boolean started;
  private boolean announced;

  /** An Addon name that files have, or had. */
  private record Named(NameClaims claims, FileLoop loop) {}

  /**
   * @param staging which files are packaged ones
   * @param queue where the loops run
   * @param keys which loop a change in the cluster concerns
   * @param threadName prefix of the names of the threads that watch
   */
  UserFiles(
      FileSettings settings,
      ManifestStaging staging,
      ReconcileQueue queue,
      LoopKeys keys,
      Surroundings server,
      String threadName) {
    this.settings = settings;
    this.queue = queue;
    this.keys = keys;
    this.server = server;
    this.disappearances = new Disappearances(server.clock());
    this.watch =
        new ManifestWatch(
            settings.manifests(),
            it -> staging.isStaged(it.path()),
            this,
            ManifestWatch.Intervals.DEFAULT,
            threadName);
  }

  /** Begins; the packaged manifests are staged, and the Addons known. Has an effect once. */
  synchronized void start() {
    if (started) {
      return;
    }
    started = true;
    queue.add(VANISHED_KEY, this::decideOnVanished);
    watch
        .start()
        .thenRun(this::findOrphans)
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                LOG.error("Files that went while no server ran are not known", error);
              }
              server.engine().claims().complete();
              server.board().allFilesKnown();
            });
  }

  /** Has all loops look now. */
  void wakeAll() {
    names.keySet().forEach(it -> queue.wake(keyOf(it)));
  }

  /** Returns when all changes of files until now are known, or the time is over. */
  void look(Duration timeout) throws InterruptedException {
    synchronized (this) {
      if (!started) {
        return;
      }
    }
    CompletableFuture<Void> looked = watch.rescan();
    try {
      looked.get(TimeUnit.MILLISECONDS.convert(timeout), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.debug("No look at all files within {}", timeout);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public synchronized void changed(
      List<ManifestFile> found, List<ManifestPath> gone, Set<String> directoriesNow) {
    directories = directoriesNow;
    for (ManifestPath path : gone) {
      vanished(present.remove(path));
    }
    if (!announced) {
      found.forEach(it -> named(it.path()).claims().there(it));
      announced = true;
      names.values().forEach(it -> it.loop().announce());
      server.engine().claims().complete();
    }
    for (ManifestFile file : found) {
      disappearances.back(file.path());
      if (present.put(file.path(), file) == null) {
        server
            .board()
            .publishFile(
                file.path().path(),
                0,
                new Verdict(AddonState.PROGRESSING, "Found", "not looked at so far"),
                0);
      }
      server.board().doubtFile(file.path().path(), file.look());
      named(file.path()).claims().there(file);
      wake(file.path());
    }
    queue.wake(VANISHED_KEY);
  }

  @Override
  public synchronized void unreadable(Map<String, String> problems) {
    unreadable = Map.copyOf(problems);
    Map<String, String> told = new TreeMap<>();
    problems.forEach(
        (directory, problem) ->
            told.put(
                "unreadable " + directory,
                "%s %s: what its files declared is left as it is"
                    .formatted(describe(directory), problem)));
    warn("unreadable ", told);
  }

  @Override
  public void withoutEvents(String reason, Duration noticedWithin) {
    server
        .board()
        .warn(
            "no file events for %s; changes are noticed within %d s"
                .formatted(reason, noticedWithin.toSeconds()));
  }

  @Override
  public void close() {
    watch.close();
  }

  /** Addons whose files went while no server ran. */
  private synchronized void findOrphans() {
    for (AddonResource record : server.addons().ofFiles()) {
      settings
          .pathOf(pathOn(record))
          .filter(it -> !present.containsKey(it))
          .filter(it -> unreadable.keySet().stream().noneMatch(dir -> isIn(it, dir)))
          .ifPresent(
              it ->
                  vanished(
                      new ManifestFile(
                          it, settings.manifests().resolve(it.path()), false, false, 0)));
    }
    queue.wake(VANISHED_KEY);
  }

  private String pathOn(AddonResource record) {
    return server
        .addons()
        .sources(record.name())
        .of(server.nodeName())
        .map(SourceFile::path)
        .orElseGet(record::source);
  }

  private static boolean isIn(ManifestPath file, String directory) {
    return directory.isEmpty() || file.directories().contains(directory);
  }

  private void vanished(ManifestFile file) {
    named(file.path()).claims().vanished(file);
    if (file.path().disabledBy(settings.disabled()).isPresent()) {
      // Nobody asks whether what is disabled is gone by accident.
      named(file.path()).claims().removed(file.path());
    } else {
      server.board().doubtFile(file.path().path(), GONE);
      disappearances.gone(file.path());
    }
    wake(file.path());
  }

  private synchronized Optional<Duration> decideOnVanished() {
    Disappearances.Findings findings = disappearances.decide(present.keySet(), directories);
    for (ManifestPath path : findings.removed()) {
      named(path).claims().removed(path);
      wake(path);
    }
    Map<String, String> told = new TreeMap<>();
    findings.accidents().stream()
        .collect(groupingBy(Accident::directory))
        .forEach(
            (directory, files) ->
                told.put(
                    "vanished " + directory,
                    "%d files of %s vanished at once, which is taken for an accident: nothing of theirs is removed"
                        .formatted(files.size(), describe(directory))));
    warn("vanished ", told);
    findings.accidents().forEach(this::tellAccident);
    return findings.again();
  }

  private void tellAccident(Accident accident) {
    server
        .board()
        .publishFile(
            accident.file().path(),
            GONE,
            new Verdict(
                AddonState.FAILED,
                "FileVanished",
                "%s, which is taken for an accident; its objects are left. Put it back, or start with --disable to have them removed"
                    .formatted(accident.why())),
            0);
  }

  /** Has exactly these warnings of a kind on the board. */
  private void warn(String kind, Map<String, String> now) {
    warnings.entrySet().stream()
        .filter(it -> it.getKey().startsWith(kind))
        .filter(it -> !it.getValue().equals(now.get(it.getKey())))
        .forEach(it -> server.board().withdraw(it.getValue()));
    warnings.keySet().removeIf(it -> it.startsWith(kind));
    now.values().forEach(server.board()::warn);
    warnings.putAll(now);
  }

  private String describe(String directory) {
    return directory.isEmpty()
        ? "the manifests directory " + settings.manifests()
        : "the directory " + settings.manifests().resolve(directory);
  }

  private Named named(ManifestPath path) {
    return names.computeIfAbsent(
        path.addonName(),
        name -> {
          NameClaims claims = new NameClaims();
          SeenContent seen = new SeenContent(!announced);
          return new Named(
              claims, new FileLoop(name, claims, seen, settings, keys, keyOf(name), server));
        });
  }

  private void wake(ManifestPath path) {
    queue.add(keyOf(path.addonName()), named(path).loop());
  }

  private static String keyOf(String name) {
    return "manifest " + name;
  }
}
