package dev.plinth.lifecycle;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.plinth.config.NearestName;
import dev.plinth.files.ManifestFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What lies in the overlays directory, by add-on.
 *
 * @param byAddon the files of each add-on that has a directory
 * @param unknown names of directories that are no add-on's
 * @param warnings about files that are nobody's
 */
record OverlayTree(
    Map<String, List<ManifestFile>> byAddon, Set<String> unknown, List<String> warnings) {

  /**
   * @param root the overlays directory, absolute
   * @param files all that lie in it
   * @param addons names of the add-ons there are
   * @param usersFile whether an Addon is a user's file's
   */
  static OverlayTree of(
      Path root, Collection<ManifestFile> files, Set<String> addons, Predicate<String> usersFile) {
    List<String> warnings = new ArrayList<>();
    Map<String, List<ManifestFile>> byDirectory =
        files.stream()
            .collect(groupingBy(it -> directoryOf(it.path().path()), TreeMap::new, toList()));
    List<ManifestFile> beside = byDirectory.remove("");
    if (beside != null) {
      beside.forEach(
          it ->
              warnings.add(
                  "%s: expected a directory with the name of an add-on, and overlays in it"
                      .formatted(it.location())));
    }
    Set<String> unknown = new TreeSet<>(byDirectory.keySet());
    unknown.removeAll(addons);
    unknown.forEach(it -> warnings.add(unknown(root, it, addons, usersFile.test(it))));
    byDirectory.keySet().removeAll(unknown);
    return new OverlayTree(byDirectory, unknown, warnings);
  }

  /** The add-on's directory that a path is in; empty if in none. */
  static String directoryOf(String path) {
    int slash = path.indexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static String unknown(Path root, String name, Set<String> addons, boolean isUsersFile) {
    String advice =
        isUsersFile
            ? ", and files of the manifests directory have no overlays: change the file itself"
            : NearestName.of(name, addons).map(", did you mean '%s'?"::formatted).orElse("");
    return "%s: there is no add-on '%s'%s; nothing in it is applied"
        .formatted(root.resolve(name), name, advice);
  }
}
