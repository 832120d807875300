package dev.plinth.apply;

import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ObservedObject;
import java.util.Optional;
import java.util.Set;

/**
 * Which objects that are not wanted any more may be deleted. Kinds that hold what users cannot make
 * anew need consent.
 *
 * @param protectedAllowed consent for all objects of protected kinds, given on the server's command
 *     line
 */
public record DeleteRules(boolean protectedAllowed) {

  /** Group and kind of what is deleted with consent only, since data goes with it. */
  public static final Set<String> PROTECTED_KINDS =
      Set.of("Namespace", "PersistentVolumeClaim", "CustomResourceDefinition.apiextensions.k8s.io");

  /** Why the object must stay; empty if it may be deleted. */
  Optional<ObjectOutcome> reasonToKeep(ObservedObject object) {
    if (object.pruneDisabled()) {
      return Optional.of(
          Outcomes.of(
              object,
              Action.SKIPPED,
              "PruneDisabled",
              "left, as its label %s=false asks".formatted(Labels.K3S_PRUNE),
              false));
    }
    boolean consent = protectedAllowed || object.deleteAllowed();
    if (PROTECTED_KINDS.contains(object.kind().groupKind()) && !consent) {
      return Optional.of(
          Outcomes.of(
              object,
              Action.SKIPPED,
              "Protected",
              "left, since its contents would go with it; to consent: kubectl annotate %s %s%s %s=allow"
                  .formatted(
                      object.kind().plural(),
                      object.name(),
                      object.namespace().isEmpty() ? "" : " -n " + object.namespace(),
                      Labels.DELETE),
              false));
    }
    return Optional.empty();
  }
}
