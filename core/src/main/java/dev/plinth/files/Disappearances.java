package dev.plinth.files;

import com.google.common.collect.Lists;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells files that somebody removed from those that are gone by accident: a disk that is not
 * mounted, a directory that is away for a moment. More than half of at least five files of a
 * directory that vanish within two seconds, and files whose directory is missing, count as an
 * accident. A file that comes back was never gone. Not thread-safe.
 */
public final class Disappearances {

  /** Within this time an editor has put the new file in place of the old one. */
  public static final Duration WINDOW = Duration.ofSeconds(2);

  private static final int FEWEST = 5;
  private static final String MISSING =
      "its directory is missing; make that anew to tell that the file was removed";

  private final InstantSource clock;
  private final Map<ManifestPath, Instant> waiting = new TreeMap<>();
  private final Map<ManifestPath, Instant> decided = new TreeMap<>();
  private final Map<ManifestPath, Accident> accidents = new TreeMap<>();

  public Disappearances(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * A file that is not taken for removed.
   *
   * @param file the file
   * @param directory of which directory it is an accident; empty for the manifests directory
   * @param why one sentence without the file's name
   */
  public record Accident(ManifestPath file, String directory, String why) {}

  /**
   * What is known now.
   *
   * @param removed files that are gone for good, told once
   * @param accidents all files that are gone by accident so far
   * @param again when to ask again; empty if nothing is in doubt
   */
  public record Findings(
      List<ManifestPath> removed, List<Accident> accidents, Optional<Duration> again) {}

  /** A file is gone. */
  public void gone(ManifestPath file) {
    waiting.putIfAbsent(file, clock.instant());
  }

  /** A file is there. */
  public void back(ManifestPath file) {
    waiting.remove(file);
    decided.remove(file);
    accidents.remove(file);
  }

  /**
   * Decides on all that have been gone for a while.
   *
   * @param present files that are there
   * @param directories directories that are there; the manifests directory is {@code ""}
   */
  public Findings decide(Collection<ManifestPath> present, Set<String> directories) {
    Instant now = clock.instant();
    reconsider(directories, now);
    decided.values().removeIf(it -> it.isBefore(now.minus(WINDOW).minus(WINDOW)));
    List<ManifestPath> due =
        waiting.entrySet().stream()
            .filter(it -> !it.getValue().isAfter(now.minus(WINDOW)))
            .map(Map.Entry::getKey)
            .toList();
    Map<String, List<Instant>> vanished = vanishedByDirectory();
    Map<String, Long> there = due.isEmpty() ? Map.of() : countByDirectory(present);
    List<ManifestPath> removed = new ArrayList<>();
    for (ManifestPath file : due) {
      Optional<Accident> accident =
          missingDirectory(file, directories).or(() -> manyAtOnce(file, vanished, there));
      accident.ifPresentOrElse(it -> accidents.put(file, it), () -> removed.add(file));
    }
    due.forEach(it -> decided.put(it, waiting.remove(it)));
    return new Findings(removed, List.copyOf(accidents.values()), again(now));
  }

  /** Once its directory is back, a file is not there because somebody removed it. */
  private void reconsider(Set<String> directories, Instant now) {
    List<ManifestPath> back =
        accidents.values().stream()
            .filter(it -> it.why().equals(MISSING) && directories.contains(it.directory()))
            .map(Accident::file)
            .toList();
    for (ManifestPath file : back) {
      accidents.remove(file);
      decided.remove(file);
      waiting.put(file, now);
    }
  }

  private static Optional<Accident> missingDirectory(ManifestPath file, Set<String> directories) {
    List<String> all = withRoot(file);
    String innermost = all.get(all.size() - 1);
    return directories.contains(innermost)
        ? Optional.empty()
        : Optional.of(new Accident(file, innermost, MISSING));
  }

  private Optional<Accident> manyAtOnce(
      ManifestPath file, Map<String, List<Instant>> vanished, Map<String, Long> there) {
    Instant gone = waiting.get(file);
    // The nearest directory says most about where to look.
    for (String directory : Lists.reverse(withRoot(file))) {
      long together =
          vanished.get(directory).stream()
              .filter(it -> Duration.between(it, gone).abs().compareTo(WINDOW) <= 0)
              .count();
      long all = together + there.getOrDefault(directory, 0L);
      if (all >= FEWEST && 2 * together > all) {
        return Optional.of(
            new Accident(
                file,
                directory,
                "it vanished within %d s together with %d of %d files"
                    .formatted(WINDOW.toSeconds(), together - 1, all - 1)));
      }
    }
    return Optional.empty();
  }

  private Map<String, List<Instant>> vanishedByDirectory() {
    Map<String, List<Instant>> vanished = new HashMap<>();
    for (Map<ManifestPath, Instant> files : List.of(waiting, decided)) {
      files.forEach(
          (file, at) ->
              withRoot(file)
                  .forEach(it -> vanished.computeIfAbsent(it, key -> new ArrayList<>()).add(at)));
    }
    return vanished;
  }

  private static Map<String, Long> countByDirectory(Collection<ManifestPath> files) {
    Map<String, Long> count = new HashMap<>();
    files.forEach(file -> withRoot(file).forEach(it -> count.merge(it, 1L, Long::sum)));
    return count;
  }

  private static List<String> withRoot(ManifestPath file) {
    List<String> directories = new ArrayList<>(List.of(""));
    directories.addAll(file.directories());
    return directories;
  }

  private Optional<Duration> again(Instant now) {
    return waiting.values().stream()
        .min(Instant::compareTo)
        .map(it -> Duration.between(now, it.plus(WINDOW)))
        .map(it -> it.isNegative() ? Duration.ZERO : it);
  }
}
