package dev.plinth.deploy;

import static java.util.stream.Collectors.joining;

import dev.plinth.deploy.AddonCondition.Status;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.overlay.OverlayProblem;
import dev.plinth.overlay.OverlaysOnDisk;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What became of the overlays of add-ons: told as events and as the condition {@value #TYPE} of
 * their Addons, which those without overlays have not.
 *
 * <p>Thread-safe, as long as one Addon is handled by one thread at a time.
 */
public final class AddonOverlays {

  /** Type of the condition. */
  public static final String TYPE = "OverlaysApplied";

  private final AddonResources addons;
  private final AddonEvents events;
  private final Map<String, Optional<AddonCondition>> conditions = new ConcurrentHashMap<>();
  private final OverlaysOnDisk onDisk;

  /**
   * @param onDisk what is wrong with overlays before they get into the cluster
   */
  public AddonOverlays(AddonResources addons, AddonEvents events, OverlaysOnDisk onDisk) {
    this.addons = addons;
    this.events = events;
    this.onDisk = onDisk;
  }

  /**
   * Tells how the overlays of an add-on stand.
   *
   * @param manifests all manifests of the add-on
   * @param inForce base names of the overlays that are in force
   * @param problems why some are not
   */
  public void conclude(
      String addon,
      List<DeclaredManifest> manifests,
      Collection<String> inForce,
      List<OverlayProblem> problems) {
    List<OverlayProblem> all = Stream.concat(problems.stream(), onDisk.of(addon).stream()).toList();
    Optional<AddonCondition> condition = condition(inForce, all);
    for (DeclaredManifest manifest : manifests) {
      condition.filter(it -> !it.holds()).ifPresent(it -> tellOnce(manifest.name(), it.message()));
      conditions.put(manifest.name(), condition);
    }
  }

  /** The condition that tells of overlays, by type: until something is concluded, as it was. */
  public SortedMap<String, AddonCondition> conditions(String addonResource) {
    SortedMap<String, AddonCondition> known = new TreeMap<>();
    Optional.ofNullable(conditions.get(addonResource))
        .orElseGet(() -> addons.condition(addonResource, TYPE))
        .ifPresent(it -> known.put(TYPE, it));
    return known;
  }

  private static Optional<AddonCondition> condition(
      Collection<String> inForce, List<OverlayProblem> problems) {
    if (!problems.isEmpty()) {
      return Optional.of(
          new AddonCondition(
              Status.FALSE,
              problems.get(0).reason(),
              Enumeration.of(problems.stream().map(OverlayProblem::message).toList())));
    }
    return inForce.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new AddonCondition(
                Status.TRUE, "Applied", inForce.stream().sorted().collect(joining(", "))));
  }

  private void tellOnce(String addonResource, String message) {
    boolean known =
        addons
            .condition(addonResource, TYPE)
            .filter(it -> !it.holds() && it.message().equals(message))
            .isPresent();
    if (!known) {
      addons
          .uid(addonResource)
          .ifPresent(uid -> events.record(addonResource, uid, Reason.OVERLAY_FAILED, message));
    }
  }
}
