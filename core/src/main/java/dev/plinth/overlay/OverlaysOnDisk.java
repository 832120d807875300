package dev.plinth.overlay;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is wrong with overlays on this server's disk, so that they are not in the cluster. */
public final class OverlaysOnDisk {

  private final Map<String, List<OverlayProblem>> problems = new ConcurrentHashMap<>();

  /**
   * Takes note of all that is wrong with those of an add-on now.
   *
   * @return whether that is something else than before
   */
  public boolean note(String addon, List<OverlayProblem> now) {
    List<OverlayProblem> before =
        now.isEmpty() ? problems.remove(addon) : problems.put(addon, List.copyOf(now));
    return !now.equals(before == null ? List.of() : before);
  }

  /** What is wrong with those of an add-on. */
  public List<OverlayProblem> of(String addon) {
    return problems.getOrDefault(addon, List.of());
  }
}
