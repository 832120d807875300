package dev.plinth.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was found at one path and below it. Paths are relative to the manifests directory, which is
 * the empty path itself.
 *
 * @param files manifests by path
 * @param skips paths of {@code .skip} files
 * @param directories paths of directories
 * @param unreadable what is wrong with directories whose content cannot be told, by path
 */
record TreePart(
    NavigableMap<String, Entry> files,
    NavigableSet<String> skips,
    NavigableSet<String> directories,
    NavigableMap<String, String> unreadable) {

  /**
   * A manifest.
   *
   * @param location absolute path
   * @param linked whether a directory on the way is a symbolic link
   * @param stamp empty if it cannot be looked at, as with a link that leads nowhere
   */
  record Entry(Path location, boolean linked, Optional<FileStamp> stamp) {}

  static TreePart empty() {
    return new TreePart(new TreeMap<>(), new TreeSet<>(), new TreeSet<>(), new TreeMap<>());
  }

  /** Whether what is at a path cannot be told. */
  boolean isUnknown(String path) {
    return unreadable.keySet().stream().anyMatch(it -> isBelow(path, it));
  }

  /** Puts a newer part in place of what is at its path and below; what that cannot tell stays. */
  void replace(String path, TreePart newer) {
    keysAt(path, files.navigableKeySet()).stream()
        .filter(it -> !newer.isUnknown(it))
        .forEach(files::remove);
    files.putAll(newer.files);
    replace(path, newer, skips, newer.skips);
    replace(path, newer, directories, newer.directories);
    keysAt(path, unreadable.navigableKeySet()).forEach(unreadable::remove);
    unreadable.putAll(newer.unreadable);
  }

  /** Those of the paths that are this one or below it: costs no more than there are of them. */
  static List<String> keysAt(String path, NavigableSet<String> paths) {
    if (path.isEmpty()) {
      return List.copyOf(paths);
    }
    List<String> found = new ArrayList<>();
    if (paths.contains(path)) {
      found.add(path);
    }
    char afterSlash = '/' + 1;
    found.addAll(paths.subSet(path + "/", true, path + afterSlash, false));
    return found;
  }

  static boolean isBelow(String path, String directory) {
    return directory.isEmpty() ? !path.isEmpty() : path.startsWith(directory + "/");
  }

  private static void replace(
      String path, TreePart newer, NavigableSet<String> known, NavigableSet<String> found) {
    keysAt(path, known).stream().filter(it -> !newer.isUnknown(it)).forEach(known::remove);
    known.addAll(found);
  }
}
