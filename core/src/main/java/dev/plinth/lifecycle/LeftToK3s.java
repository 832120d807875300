package dev.plinth.lifecycle;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.report.AddonState;
import dev.plinth.takeover.K3sPresence.State;
import java.util.List;
import java.util.Optional;

/**
 * Leaves alone what a K3s that is alive in the same cluster runs itself, and goes on as soon as it
 * is not alive any more. Writes nothing, and asks for K3s only where something of it is met.
 */
final class LeftToK3s {

  private static final String ADVICE =
      "stop it, or disable this there and have it removed by K3s, or start with --disable %s here";

  private final Surroundings server;

  LeftToK3s(Surroundings server) {
    this.server = server;
  }

  /** Why nothing is to be done about a manifest so far; empty if nothing is in the way. */
  Optional<Verdict> obstacle(DeclaredManifest manifest) {
    if (!server.addons().isOfK3s(manifest.name())) {
      return Optional.empty();
    }
    Optional<Verdict> obstacle = verdict(manifest);
    if (obstacle.isEmpty()) {
      // It may have been left alone, too, when this server started.
      server.definitions().ensureAddons();
    }
    return obstacle;
  }

  /** The same, for one who does nothing about it in any case. */
  Optional<Verdict> verdict(DeclaredManifest manifest) {
    return server.addons().isOfK3s(manifest.name())
        ? verdict(
            manifest.name(),
            "the Addon kube-system/%s is K3s's".formatted(manifest.name()),
            manifest.addon().orElse(manifest.name()))
        : Optional.empty();
  }

  /** The same for what an add-on has besides its manifests. */
  Optional<Verdict> obstacle(Addon addon, List<DeclaredManifest> manifests, AddonContext context) {
    return addon
        .tracesOfK3s(context)
        .flatMap(it -> verdict(manifests.get(0).name(), "%s is K3s's".formatted(it), addon.name()));
  }

  /** Whether a definition of K3s's must stay as it is. */
  boolean mayBeAlive(String asking) {
    return server.engine().k3s().state(asking) != State.GONE;
  }

  /** How an add-on stands whose definition must stay as it is. */
  Verdict definition(String asking, String name, String addon) {
    return verdict(asking, "CustomResourceDefinition %s is K3s's".formatted(name), addon)
        .orElseGet(
            () ->
                new Verdict(
                    AddonState.PROGRESSING, "WaitingForK3s", "the definition is being taken over"));
  }

  private Optional<Verdict> verdict(String asking, String found, String name) {
    return switch (server.engine().k3s().state(asking)) {
      case GONE -> Optional.empty();
      case UNDECIDED ->
          Optional.of(
              new Verdict(
                  AddonState.PROGRESSING,
                  "WaitingForK3s",
                  "%s; whether a K3s is alive shows within %d s, as its Lease kube-system/k3s is renewed or not"
                      .formatted(found, server.engine().k3s().patience().toSeconds())));
      case ALIVE ->
          Optional.of(
              new Verdict(
                  AddonState.BLOCKED,
                  "OwnedByK3s",
                  "%s, and a K3s is alive, which renews its Lease kube-system/k3s: %s"
                      .formatted(found, ADVICE.formatted(name))));
    };
  }
}
