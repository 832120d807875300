package dev.plinth.files;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names by which {@code --disable} can mean what lies in a manifests directory (K3s): of a
 * directory its path, of a file its base name without the last extension.
 */
public final class ManifestNames {

  private static final TreeScan.Visitor NOBODY =
      new TreeScan.Visitor() {
        @Override
        public void directory(String path, Path directory) {
          // Nothing is watched.
        }

        @Override
        public void link(String path, Path link) {
          // Nothing is watched.
        }
      };

  private final Path directory;

  /**
   * @param directory the manifests directory; need not exist
   */
  public ManifestNames(Path directory) {
    this.directory = directory;
  }

  /** The names of what lies there now, as far as it can be read. */
  public Set<String> read() {
    TreePart found = new TreeScan(directory, NOBODY).scan("");
    Set<String> names = new TreeSet<>(found.directories());
    names.remove("");
    for (String file : found.files().keySet()) {
      String base = new ManifestPath(file).baseName();
      names.add(base.substring(0, base.lastIndexOf('.')));
    }
    return names;
  }
}
