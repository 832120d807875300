package dev.plinth.apply;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.cluster.FieldTransfer;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.drift.Drift;
import dev.plinth.drift.DriftRules;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ObjectReference;
import java.util.List;
import java.util.Optional;

/**
 * What is to be done so that the objects of one ApplySet are as declared: computed, not executed.
 *
 * @param membership the set
 * @param steps one for each declared object, in the order of the manifest
 * @param prune members that are not declared any more
 * @param released members that are declared by another set now, which takes them over
 * @param drift how drift was told from first applies, and where what is done is remembered
 * @param complaints what users wrote about drift that means nothing
 */
public record ChangeSet(
    Membership membership,
    List<Step> steps,
    List<ObservedObject> prune,
    List<ObservedObject> released,
    DriftRules drift,
    List<String> complaints) {

  public ChangeSet {
    steps = List.copyOf(steps);
    prune = List.copyOf(prune);
    released = List.copyOf(released);
    complaints = List.copyOf(complaints);
  }

  /** What is to be done with one declared object. */
  sealed interface Step {

    /** It is as declared. */
    record Leave(DesiredObject desired) implements Step {}

    /**
     * It is ours and differs, or does not exist: {@code force} only in the first case.
     *
     * @param repairs what somebody else did to it since it was applied; empty if its declaration is
     *     new
     * @param transfer what is to be done first, so that fields of K3s that are not declared go
     */
    record Apply(
        DesiredObject desired,
        boolean force,
        Optional<Drift> repairs,
        Optional<FieldTransfer> transfer)
        implements Step {

      Apply(DesiredObject desired, boolean force) {
        this(desired, force, Optional.empty(), Optional.empty());
      }

      /** The same, as the repair of what somebody else did. */
      Apply repairing(Drift drift) {
        return new Apply(desired, force, Optional.of(drift), transfer);
      }

      /** The adoption of an object that K3s applied for the same Addon. */
      static Apply adopting(DesiredObject desired, ObjectNode live, String fieldManager) {
        return new Apply(
            desired, true, Optional.empty(), FieldTransfer.fromK3s(live, fieldManager));
      }
    }

    /**
     * Somebody else changed it since it was applied, and that stays, for now at least.
     *
     * @param drift what is to be told; empty if nothing is
     */
    record Tolerate(DesiredObject desired, Optional<Drift> drift) implements Step {}

    /** It is somebody else's. */
    record Refuse(DesiredObject desired, String reason, String message) implements Step {}

    /** Its kind is not served so far. */
    record Await(ManifestDocument document) implements Step {}

    /**
     * The server does not tell what is known of objects of its kind, so nothing is done about it.
     *
     * @param object also stands for all of a kind, if the manifest declares none of it
     */
    record Fail(ObjectReference object, ObjectOutcome outcome) implements Step {}
  }

  /** True if executing it, pruning by these rules, would send nothing. */
  public boolean isEmpty(DeleteRules rules) {
    return repairs().isEmpty() && !bringsNews(rules);
  }

  /** True if executing it would do anything else than to repair. */
  public boolean bringsNews(DeleteRules rules) {
    return steps.stream()
            .anyMatch(
                it ->
                    it instanceof Step.Refuse
                        || it instanceof Step.Await
                        || it instanceof Step.Fail
                        || it instanceof Step.Apply apply && apply.repairs().isEmpty())
        || deletes(rules);
  }

  /** What somebody else did, of all that it repairs. */
  public List<Drift> repairs() {
    return steps.stream()
        .filter(Step.Apply.class::isInstance)
        .flatMap(it -> ((Step.Apply) it).repairs().stream())
        .toList();
  }

  /** What somebody else did that is not repaired, and is to be told. */
  public List<Drift> tolerated() {
    return steps.stream()
        .filter(Step.Tolerate.class::isInstance)
        .flatMap(it -> ((Step.Tolerate) it).drift().stream())
        .toList();
  }

  /** True if executing it, pruning by these rules, would delete something or leave it to others. */
  public boolean givesUp(DeleteRules rules) {
    return deletes(rules) || !released.isEmpty();
  }

  /** True if executing it, pruning by these rules, would delete something. */
  public boolean deletes(DeleteRules rules) {
    return prune.stream().anyMatch(it -> rules.reasonToKeep(it).isEmpty());
  }

  /**
   * Objects that are somebody else's. Not those of another manifest: these two know of each other.
   */
  public List<ObjectOutcome> refusals() {
    return steps.stream()
        .filter(Step.Refuse.class::isInstance)
        .map(Step.Refuse.class::cast)
        .filter(it -> !it.reason().equals(FirstContact.OWNED_BY_ANOTHER))
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
    } else if (step instanceof Step.Tolerate tolerate) {
      return tolerate.desired().reference();
    } else if (step instanceof Step.Apply apply) {
      return apply.desired().reference();
    } else if (step instanceof Step.Refuse refuse) {
      return refuse.desired().reference();
    } else if (step instanceof Step.Fail fail) {
      return fail.object();
    }
    return ((Step.Await) step).document().reference();
  }
}
