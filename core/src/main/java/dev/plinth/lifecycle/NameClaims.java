package dev.plinth.lifecycle;

import dev.plinth.files.ManifestFile;
import dev.plinth.files.ManifestPath;
import java.util.List;
import java.util.TreeMap;

/** The files whose names give one Addon name. Thread-safe. */
final class NameClaims {

  private final TreeMap<ManifestPath, Claimant> claimants = new TreeMap<>();

  /** Where a file stands. */
  enum Presence {
    /** It is there. */
    THERE,
    /** It is not there, and not for certain gone for good. */
    VANISHED,
    /** It is gone for good. */
    REMOVED
  }

  /** A file that claims the name, or did. */
  record Claimant(ManifestFile file, Presence presence) {

    ManifestPath path() {
      return file.path();
    }

    boolean isThere() {
      return presence == Presence.THERE;
    }
  }

  /** A file is there. */
  synchronized void there(ManifestFile file) {
    claimants.put(file.path(), new Claimant(file, Presence.THERE));
  }

  /** A file is not there, which may be for a moment only. */
  synchronized void vanished(ManifestFile file) {
    claimants.put(file.path(), new Claimant(file, Presence.VANISHED));
  }

  /** A file that vanished is gone for good. */
  synchronized void removed(ManifestPath path) {
    claimants.computeIfPresent(
        path, (key, it) -> it.isThere() ? it : new Claimant(it.file(), Presence.REMOVED));
  }

  /** Nothing is left to do about a file that is gone; has no effect on one that is there. */
  synchronized void forget(ManifestPath path) {
    claimants.computeIfPresent(path, (key, it) -> it.presence() == Presence.REMOVED ? null : it);
  }

  /** All of them, in path order. */
  synchronized List<Claimant> all() {
    return List.copyOf(claimants.values());
  }
}
