package dev.plinth.controlplane.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds programs. Each one is taken from the first of these places that has it in the right
 * version:
 *
 * <ol>
 *   <li>the directory that the environment variable {@code KUBEBUILDER_ASSETS} names (another patch
 *       version is accepted there);
 *   <li>Plinth's own cache, {@code $XDG_CACHE_HOME/plinth/tools} or {@code ~/.cache/plinth/tools};
 *   <li>a build of the Go sources in this jar with the {@code go} command on the {@code PATH},
 *       which takes minutes and fills the cache. However many processes and threads ask, one builds
 *       and the others wait.
 * </ol>
 *
 * <p>A toolbox can be shared by threads.
 */
public final class Toolbox {
  /** How long a build may take by default, and the wait for somebody else's. */
  public static final Duration DEFAULT_BUILD_LIMIT = Duration.ofMinutes(20);

  private static final Logger LOG = LoggerFactory.getLogger(Toolbox.class);

  private final Map<String, String> environment;
  private final AssetsDirectory assets;
  private final ToolCache cache;
  private final VersionProbe versions;
  private final Consumer<String> progress;
  private final Duration buildLimit;
  private final Map<GoModule, GoSources> sources;
  private final Set<GoModule> checked = EnumSet.noneOf(GoModule.class);

  private Toolbox(
      Map<String, String> environment,
      AssetsDirectory assets,
      ToolCache cache,
      VersionProbe versions,
      Consumer<String> progress,
      Duration buildLimit) {
    this.environment = environment;
    this.assets = assets;
    this.cache = cache;
    this.versions = versions;
    this.progress = progress;
    this.buildLimit = buildLimit;
    this.sources = new EnumMap<>(GoModule.class);
    for (GoModule module : GoModule.values()) {
      sources.put(module, GoSources.of(module));
    }
  }

  /** A toolbox for this process's environment that reports builds to the log only. */
  public static Toolbox standard() {
    return reportingTo(line -> {});
  }

  /**
   * A toolbox for this process's environment.
   *
   * @param progress receives a line now and then while something is built, besides the log
   */
  public static Toolbox reportingTo(Consumer<String> progress) {
    return of(System.getenv(), Path.of(System.getProperty("user.home")), progress);
  }

  static Toolbox of(Map<String, String> environment, Path home, Consumer<String> progress) {
    VersionProbe versions = new VersionProbe();
    Optional<Path> assets =
        Optional.ofNullable(environment.get(AssetsDirectory.VARIABLE))
            .filter(value -> !value.isBlank())
            .map(Path::of);
    return new Toolbox(
        Map.copyOf(environment),
        new AssetsDirectory(assets, versions),
        ToolCache.of(environment, home),
        versions,
        Objects.requireNonNull(progress, "progress"),
        DEFAULT_BUILD_LIMIT);
  }

  /** A toolbox like this one, where a build may take that long. */
  public Toolbox withBuildLimit(Duration limit) {
    return new Toolbox(environment, assets, cache, versions, progress, limit);
  }

  /**
   * A toolbox like this one that looks into another directory first, instead of the one that {@code
   * KUBEBUILDER_ASSETS} names.
   */
  public Toolbox withAssets(Path directory) {
    return new Toolbox(
        environment,
        new AssetsDirectory(Optional.of(directory), versions),
        cache,
        versions,
        progress,
        buildLimit);
  }

  /** The pinned version of a program, for example {@code 1.35.4}. */
  public String version(Tool tool) {
    return sources.get(tool.module()).versionOf(tool.versionedBy());
  }

  /**
   * Finds a program, and builds it if that is the only way.
   *
   * @throws ToolException if there is no way; or the build fails, takes too long or is interrupted
   */
  public synchronized Executable resolve(Tool tool) {
    String version = version(tool);
    AssetsDirectory.Finding asset = assets.find(tool, version);
    if (asset.executable().isPresent()) {
      return asset.executable().get();
    }
    LOG.debug("{}: {}", tool.program(), asset.reason());
    GoSources wanted = sources.get(tool.module());
    Path binary =
        cached(wanted, tool)
            .orElseGet(
                () -> {
                  build(wanted, tool, asset.reason());
                  return cached(wanted, tool).orElseThrow();
                });
    return new Executable(binary, tool.module() == GoModule.CONTROL_PLANE);
  }

  private Optional<Path> cached(GoSources wanted, Tool tool) {
    return cache.find(wanted, tool).filter(binary -> isRightVersion(wanted, tool, binary));
  }

  /** A module's programs are one file: the first one asked for vouches for all. */
  private boolean isRightVersion(GoSources wanted, Tool tool, Path binary) {
    if (tool.versionArguments().isEmpty() || checked.contains(wanted.module())) {
      return true;
    }
    if (!versions.versionOf(tool, binary).equals(Optional.of(version(tool)))) {
      LOG.warn("{} does not report version {}: it is built again", binary, version(tool));
      return false;
    }
    checked.add(wanted.module());
    return true;
  }

  private void build(GoSources wanted, Tool tool, String asset) {
    String name = wanted.module().directory() + " " + wanted.version();
    GoCommand go =
        GoCommand.onPath(environment)
            .orElseThrow(
                () ->
                    new ToolException(
                        String.format(
                            "There is no %s %s. Plinth takes it from the directory that %s names"
                                + " (%s), from its cache (%s does not exist), or builds it with"
                                + " Go (there is no go command on the PATH).",
                            tool.program(),
                            version(tool),
                            AssetsDirectory.VARIABLE,
                            asset,
                            cache.directory(wanted))));
    try (LockFile lock =
        BuildLock.acquire(
            cache.lockFile(wanted),
            buildLimit,
            () -> report("Waiting for another process that builds " + name))) {
      if (cached(wanted, tool).isPresent()) {
        return; // somebody else has built it meanwhile
      }
      long start = System.nanoTime();
      report("Building " + name + " with Go: once for this version, it takes minutes");
      Path work = cache.newWorkDirectory(wanted);
      try {
        Path finished = buildIn(work, go, wanted);
        cache.install(wanted, finished);
      } finally {
        ToolCache.delete(work);
      }
      report(
          "Built "
              + name
              + " in "
              + Duration.ofNanos(System.nanoTime() - start).toSeconds()
              + " s");
    } catch (IOException e) {
      throw new ToolException("Can not build " + name + " in " + cache.root() + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolException("Interrupted while building " + name, e);
    }
  }

  /** Returns the directory with the binary, and with a link to it for each program in it. */
  private Path buildIn(Path work, GoCommand go, GoSources wanted)
      throws IOException, InterruptedException {
    GoModule module = wanted.module();
    Path source = work.resolve("source");
    Path finished = Files.createDirectories(work.resolve("finished"));
    Path binary = finished.resolve(module.directory());
    wanted.writeTo(source);
    go.build(wanted, source, binary, buildLimit, this::report);
    for (Tool tool : module.tools()) {
      Path link = finished.resolve(tool.program());
      if (!link.equals(binary)) {
        Files.createSymbolicLink(link, binary.getFileName());
      }
      if (!tool.versionArguments().isEmpty()
          && !versions.versionOf(tool, link).equals(Optional.of(version(tool)))) {
        throw new ToolException(
            "The build gave a " + tool.program() + " that is not version " + version(tool));
      }
    }
    return finished;
  }

  private void report(String line) {
    LOG.info(line);
    progress.accept(line);
  }
}
