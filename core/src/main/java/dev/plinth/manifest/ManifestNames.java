package dev.plinth.manifest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The names by which {@code --disable} can mean what lies in a manifests directory (K3s): of a
 * directory its path, of a file its base name without the last extension.
 */
public final class ManifestNames {

  private static final int DEEPEST = 16;

  private final Path directory;

  /**
   * @param directory the manifests directory; need not exist
   */
  public ManifestNames(Path directory) {
    this.directory = directory;
  }

  /**
   * The names of what lies there now.
   *
   * @throws UncheckedIOException if the directory cannot be read
   */
  public Set<String> read() {
    if (!Files.isDirectory(directory)) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>();
    try (Stream<Path> paths = Files.walk(directory, DEEPEST)) {
      paths
          .filter(it -> !it.equals(directory))
          .filter(it -> !it.getFileName().toString().startsWith("."))
          .forEach(it -> names.add(nameOf(it)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + directory + ": " + e, e);
    }
    return names;
  }

  private String nameOf(Path path) {
    if (Files.isDirectory(path)) {
      return directory.relativize(path).toString().replace('\\', '/');
    }
    String file = path.getFileName().toString();
    int dot = file.lastIndexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }
}
