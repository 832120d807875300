package dev.plinth.files;

import dev.plinth.files.TreePart.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What is known of the tree, and what differs when a part of it is looked at anew. */
final class FileIndex {

  private final Predicate<ManifestPath> excluded;
  private final TreePart known = TreePart.empty();
  private final Map<String, Long> looks = new HashMap<>();
  private long look;

  /**
   * @param excluded which files are not the user's
   */
  FileIndex(Predicate<ManifestPath> excluded) {
    this.excluded = excluded;
  }

  /**
   * What differs.
   *
   * @param found files that are new or may have changed, in order
   * @param gone files that are no longer there, in order
   */
  record Difference(List<ManifestFile> found, List<ManifestPath> gone) {}

  /**
   * Takes in what was found at a path.
   *
   * @param touched which files may have changed even if nothing shows it
   */
  Difference replace(String path, TreePart part, Predicate<String> touched) {
    part.files().keySet().removeIf(it -> excluded.test(new ManifestPath(it)));
    SortedMap<String, Entry> before = new TreeMap<>();
    for (String file : TreePart.keysAt(path, known.files().navigableKeySet())) {
      before.put(file, known.files().get(file));
    }
    Set<String> skips = new HashSet<>(TreePart.keysAt(path, known.skips()));
    known.replace(path, part);

    Set<String> found = new TreeSet<>();
    for (String file : TreePart.keysAt(path, known.files().navigableKeySet())) {
      if (touched.test(file) || !known.files().get(file).equals(before.get(file))) {
        look++;
        looks.put(file, look);
        found.add(file);
      }
    }
    Set<String> skipsNow = Set.copyOf(TreePart.keysAt(path, known.skips()));
    skips.stream().filter(it -> !skipsNow.contains(it)).forEach(it -> found.addAll(meantBy(it)));
    skipsNow.stream().filter(it -> !skips.contains(it)).forEach(it -> found.addAll(meantBy(it)));

    before.keySet().removeAll(known.files().keySet());
    looks.keySet().removeAll(before.keySet());
    return new Difference(
        found.stream().map(this::file).toList(),
        before.keySet().stream().map(ManifestPath::new).toList());
  }

  NavigableSet<String> directories() {
    return known.directories();
  }

  SortedMap<String, String> unreadable() {
    return known.unreadable();
  }

  private ManifestFile file(String path) {
    Entry entry = known.files().get(path);
    ManifestPath manifest = new ManifestPath(path);
    boolean skipped =
        known.skips().contains(path + TreeScan.SKIP)
            || known.skips().contains(manifest.baseName() + TreeScan.SKIP);
    return new ManifestFile(manifest, entry.location(), entry.linked(), skipped, looks.get(path));
  }

  /** Beside it, or at the root everywhere: the latter is K3s's rule. */
  private List<String> meantBy(String skip) {
    String target = skip.substring(0, skip.length() - TreeScan.SKIP.length());
    if (target.contains("/")) {
      return known.files().containsKey(target) ? List.of(target) : List.of();
    }
    List<String> meant = new ArrayList<>();
    for (String file : known.files().keySet()) {
      if (new ManifestPath(file).baseName().equals(target)) {
        meant.add(file);
      }
    }
    return meant;
  }
}
