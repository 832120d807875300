package dev.plinth.lifecycle;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.Obstacle;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.cluster.Discovery;
import dev.plinth.config.ServerConfig;
import dev.plinth.report.AddonState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The blocked add-ons whose manifests are applied all the same: what they require is an API that
 * the server has, whoever brought it, so that another controller may take care of what they
 * declare. They stay blocked, for nobody here knows whether there is one.
 *
 * @param byName each of them with what it lacks
 */
record LeftToOthers(Map<String, Decision.Blocked> byName) {

  /**
   * Looks at what the server has.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if it cannot be asked
   */
  static LeftToOthers of(Selection selection, Discovery discovery) {
    Map<String, Decision.Blocked> found = new LinkedHashMap<>();
    Predicate<String> offered = selection::isOffered;
    for (Selected selected : selection.addons()) {
      if (selected.decision() instanceof Decision.Blocked blocked
          && selected.addon().requires().stream()
              .filter(offered.negate())
              .allMatch(it -> it.contains("/") && discovery.serves(it))) {
        found.put(selected.addon().name(), blocked);
      }
    }
    return new LeftToOthers(Map.copyOf(found));
  }

  /** They themselves, in the order to start in. */
  List<Addon> among(Selection selection) {
    return selection.addons().stream().map(Selected::addon).filter(this::contains).toList();
  }

  boolean contains(Addon addon) {
    return byName.containsKey(addon.name());
  }

  /**
   * How one of them stands. Its health is another controller's.
   *
   * @param obstacle what keeps its manifests from being applied; empty if they are
   */
  Verdict tell(String addon, Optional<Verdict> obstacle) {
    Decision.Blocked blocked = byName.get(addon);
    return new Verdict(
        AddonState.BLOCKED,
        "RequirementMissing",
        "%s; the server has %s, so its manifests are %s"
            .formatted(
                blocked.why(),
                blocked.requirement(),
                obstacle
                    .map(it -> "to be applied for another controller: " + it.message())
                    .orElse("applied for another controller")));
  }

  /** What is left of an add-on's code: its manifests, and what it has against them. */
  record ManifestsOnly(Addon addon) implements Addon {

    @Override
    public String name() {
      return addon.name();
    }

    @Override
    public String description() {
      return addon.description();
    }

    @Override
    public Optional<String> tracesOfK3s(AddonContext context) {
      return addon.tracesOfK3s(context);
    }

    @Override
    public List<PackagedManifest> manifests(ServerConfig config) {
      return addon.manifests(config);
    }

    @Override
    public Optional<Obstacle> obstacle(AddonContext context) throws InterruptedException {
      return addon.obstacle(context);
    }
  }
}
