package dev.plinth.lifecycle;

import dev.plinth.files.Disappearances;
import dev.plinth.files.FileReading;
import dev.plinth.files.FileReading.Look;
import dev.plinth.files.ManifestFile;
import dev.plinth.overlay.OverlayCopy;
import dev.plinth.overlay.OverlayProblem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What lies on disk of the overlays of one add-on, read once it is still. A file that cannot be
 * read, or has vanished just now, counts as what it was. Belongs to one task; not thread-safe.
 */
final class OverlayDirectory {

  /** A writer that pauses between two documents must not take half of its patches back. */
  private static final Duration STILL = Duration.ofMillis(300);

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final String addon;
  private final InstantSource clock;
  private final Map<String, FileReading> readings = new HashMap<>();
  private final SortedMap<String, String> known = new TreeMap<>();
  private final Map<String, Instant> vanished = new HashMap<>();
  private final Set<String> changed = new HashSet<>();
  private boolean first = true;

  OverlayDirectory(String addon, InstantSource clock) {
    this.addon = addon;
    this.clock = clock;
  }

  /**
   * What a look shows.
   *
   * @param files content by base name
   * @param problems why some files do not count
   * @param again when to look again though nothing happens; empty if there is no need to
   * @param settled whether all files have been read once
   */
  record Sight(
      SortedMap<String, String> files,
      List<OverlayProblem> problems,
      Optional<Duration> again,
      boolean settled) {}

  /**
   * Looks.
   *
   * @param present the files that are there
   * @param copied what this server put into the cluster of files, content by base name
   * @param unmounted whether files that are not there are taken for gone by accident
   */
  Sight look(List<ManifestFile> present, Map<String, String> copied, boolean unmounted) {
    List<OverlayProblem> problems = new ArrayList<>();
    Optional<Duration> again = Optional.empty();
    SortedMap<String, String> files = new TreeMap<>();
    Set<String> there = new HashSet<>();
    boolean settled = true;
    for (ManifestFile file : present) {
      String name = file.path().path().substring(addon.length() + 1);
      there.add(name);
      if (file.skipped()) {
        known.remove(name);
        continue;
      }
      Look look = reading(name, file).look(file.look());
      Optional<Duration> wait = take(name, look, problems);
      again = sooner(again, wait);
      settled &= !(look instanceof Look.Unsettled) || known.containsKey(name);
      Optional.ofNullable(known.getOrDefault(name, copied.get(name)))
          .ifPresent(it -> files.put(name, it));
    }
    if (first) {
      copied.forEach(known::putIfAbsent);
    }
    for (String name : Set.copyOf(known.keySet())) {
      if (!there.contains(name)) {
        Optional<Duration> wait = isGone(name, unmounted);
        wait.ifPresentOrElse(it -> files.put(name, known.get(name)), () -> forget(name));
        again = sooner(again, wait.filter(it -> !unmounted));
      }
    }
    vanished.keySet().removeAll(there);
    readings.keySet().retainAll(there);
    first &= !settled;
    return new Sight(files, problems, again, settled);
  }

  /** Files that changed while this server looked, since {@link #copied} was called last. */
  Set<String> changed() {
    return Set.copyOf(changed);
  }

  /** What was seen so far is in the cluster. */
  void copied() {
    changed.clear();
  }

  private FileReading reading(String name, ManifestFile file) {
    return readings.computeIfAbsent(
        name, it -> new FileReading(file.location(), OverlayCopy.MOST_BYTES, clock));
  }

  /** Takes in what a look shows; when to look again. */
  private Optional<Duration> take(String name, Look look, List<OverlayProblem> problems) {
    if (look instanceof Look.Unsettled unsettled) {
      return Optional.of(unsettled.again());
    } else if (look instanceof Look.Unreadable unreadable) {
      problems.add(OverlayText.unreadable(addon, name, unreadable.problem()));
      return Optional.of(LOOK_AGAIN);
    }
    Look.Content content = (Look.Content) look;
    OverlayText text = OverlayText.of(addon, name, content.content());
    text.problem().ifPresent(problems::add);
    if (text.content().isEmpty() || text.content().get().equals(known.get(name))) {
      return Optional.empty();
    }
    Duration seen = Duration.between(content.since(), clock.instant());
    if (!first && seen.compareTo(STILL) < 0) {
      return Optional.of(STILL.minus(seen));
    }
    known.put(name, text.content().get());
    if (!first) {
      changed.add(name);
    }
    return Optional.empty();
  }

  /** How long to wait for it to come back; empty if it is gone for good. */
  private Optional<Duration> isGone(String name, boolean unmounted) {
    if (unmounted) {
      return Optional.of(Disappearances.WINDOW);
    }
    if (first) {
      return Optional.empty();
    }
    Instant since = vanished.computeIfAbsent(name, it -> clock.instant());
    Duration left = Disappearances.WINDOW.minus(Duration.between(since, clock.instant()));
    return left.isNegative() || left.isZero() ? Optional.empty() : Optional.of(left);
  }

  private void forget(String name) {
    known.remove(name);
    vanished.remove(name);
  }

  private static Optional<Duration> sooner(Optional<Duration> one, Optional<Duration> other) {
    return one.isPresent() && other.isPresent()
        ? Optional.of(one.get().compareTo(other.get()) < 0 ? one.get() : other.get())
        : one.or(() -> other);
  }
}
