package dev.plinth.controlplane.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Binaries that were built before, in the user's cache directory: one directory per module, version
 * and content of the sources. A directory appears whole or not at all.
 */
final class ToolCache {
  private final Path root;

  ToolCache(Path root) {
    this.root = root.toAbsolutePath();
  }

  /** The cache where the XDG Base Directory Specification wants it. */
  static ToolCache of(Map<String, String> environment, Path home) {
    // A relative path in the variable is to be ignored, says the specification.
    Path caches =
        Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
            .map(Path::of)
            .filter(Path::isAbsolute)
            .orElse(home.resolve(".cache"));
    return new ToolCache(caches.resolve("plinth").resolve("tools"));
  }

  Path root() {
    return root;
  }

  Path directory(GoSources sources) {
    return root.resolve(
        String.join("-", sources.module().directory(), sources.version(), sources.contentHash()));
  }

  Path lockFile(GoSources sources) {
    return root.resolve(directory(sources).getFileName() + ".lock");
  }

  Optional<Path> find(GoSources sources, Tool tool) {
    return Optional.of(directory(sources).resolve(tool.program())).filter(Files::isExecutable);
  }

  /**
   * A fresh directory to build in. Must be called under the lock of the sources, which makes what
   * is left of an earlier build that was killed ours to remove.
   */
  Path newWorkDirectory(GoSources sources) throws IOException {
    Path work = root.resolve("." + directory(sources).getFileName() + ".work");
    delete(work);
    return Files.createDirectories(work);
  }

  /** Makes a finished directory the cached one. */
  void install(GoSources sources, Path finished) throws IOException {
    delete(directory(sources)); // one with a file missing, else there would have been no build
    Files.move(finished, directory(sources), StandardCopyOption.ATOMIC_MOVE);
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> content = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) content.sorted((a, b) -> b.compareTo(a))::iterator) {
        Files.deleteIfExists(path);
      }
    }
  }
}
