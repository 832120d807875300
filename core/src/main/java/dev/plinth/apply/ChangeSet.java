package dev.plinth.apply;

import dev.plinth.cluster.ObservedObject;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ObjectReference;
import java.util.List;

/**
 * What is to be done so that the objects of one ApplySet are as declared: computed, not executed.
 *
 * @param membership the set
 * @param steps one for each declared object, in the order of the manifest
 * @param prune members that are not declared any more
 */
public record ChangeSet(Membership membership, List<Step> steps, List<ObservedObject> prune) {

  public ChangeSet {
    steps = List.copyOf(steps);
    prune = List.copyOf(prune);
  }

  /** What is to be done with one declared object. */
  sealed interface Step {

    /** It is as declared. */
    record Leave(DesiredObject desired) implements Step {}

    /** It is ours and differs, or does not exist: {@code force} only in the first case. */
    record Apply(DesiredObject desired, boolean force) implements Step {}

    /** It is somebody else's. */
    record Refuse(DesiredObject desired, String reason, String message) implements Step {}

    /** Its kind is not served so far. */
    record Await(ManifestDocument document) implements Step {}
  }

  /** True if executing it, pruning by these rules, would send nothing. */
  public boolean isEmpty(DeleteRules rules) {
    return steps.stream().allMatch(Step.Leave.class::isInstance)
        && prune.stream().allMatch(it -> rules.reasonToKeep(it).isPresent());
  }

  /** What stands in the way of the whole set: objects that are somebody else's. */
  public List<ObjectOutcome> refusals() {
    return steps.stream()
        .filter(Step.Refuse.class::isInstance)
        .map(Step.Refuse.class::cast)
        .map(it -> Outcomes.failed(it.desired(), it.reason(), it.message(), false))
        .toList();
  }

  /** All that is declared, served or not. */
  public List<ObjectReference> declared() {
    return steps.stream().map(ChangeSet::reference).toList();
  }

  private static ObjectReference reference(Step step) {
    if (step instanceof Step.Leave leave) {
      return leave.desired().reference();
    } else if (step instanceof Step.Apply apply) {
      return apply.desired().reference();
    } else if (step instanceof Step.Refuse refuse) {
      return refuse.desired().reference();
    }
    return ((Step.Await) step).document().reference();
  }
}
