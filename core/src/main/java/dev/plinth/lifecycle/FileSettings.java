package dev.plinth.lifecycle;

import dev.plinth.apply.DeleteRules;
import dev.plinth.config.ServerConfig;
import dev.plinth.files.ManifestPath;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What holds for all users' files of a server.
 *
 * @param manifests the manifests directory, absolute
 * @param disabled the names given to {@code --disable}
 * @param prune whether a file that is removed takes its objects along
 * @param deleteProtected names of Addons whose protected objects may go
 * @param reserved which Addon names are add-ons'
 */
record FileSettings(
    Path manifests,
    Set<String> disabled,
    boolean prune,
    Set<String> deleteProtected,
    Predicate<String> reserved) {

  static FileSettings of(ServerConfig config, Path manifests, Predicate<String> reserved) {
    return new FileSettings(
        manifests.toAbsolutePath(),
        config.disable(),
        config.pruneRemovedManifests(),
        config.deleteProtected(),
        reserved);
  }

  DeleteRules rulesOf(String addonResource) {
    return new DeleteRules(deleteProtected.contains(addonResource));
  }

  /** The file that an Addon names as its source; empty if that is not in this directory. */
  Optional<ManifestPath> pathOf(String source) {
    String prefix = manifests + "/";
    return source.startsWith(prefix) && source.length() > prefix.length() && !source.endsWith("/")
        ? Optional.of(new ManifestPath(source.substring(prefix.length())))
        : Optional.empty();
  }
}
