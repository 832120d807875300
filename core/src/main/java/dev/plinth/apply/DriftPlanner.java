package dev.plinth.apply;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.config.DriftPolicy;
import dev.plinth.drift.Drift;
import dev.plinth.drift.DriftPolicies;
import dev.plinth.drift.DriftRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Decides what is to be done with one object that is declared: nothing where it is as declared, an
 * apply where its declaration is new, and where somebody else changed it what the policy for it
 * says.
 *
 * <p>The cluster is asked only where what is watched does not tell: about an object that is not
 * known to be ours, and about one that is to be repaired, for who changed it.
 */
final class DriftPlanner {

  private final ClusterApi api;
  private final OwnedObjects owned;
  private final Membership membership;
  private final DriftRules rules;
  private final Adoption adoption;
  private final BooleanSupplier takesOver;

  /**
   * @param adoption what K3s has left of the set
   * @param takesOver whether it is certain that an object which we applied for another set, and
   *     which no manifest of that declares, may be taken over
   */
  DriftPlanner(
      ClusterApi api,
      OwnedObjects owned,
      Membership membership,
      DriftRules rules,
      Adoption adoption,
      BooleanSupplier takesOver) {
    this.api = api;
    this.owned = owned;
    this.membership = membership;
    this.rules = rules;
    this.adoption = adoption;
    this.takesOver = takesOver;
  }

  Step step(DesiredObject desired) {
    Optional<ObjectNode> ofK3s = adoption.find(desired);
    if (ofK3s.isPresent()) {
      return Step.Apply.adopting(desired, ofK3s.get(), api.fieldManager());
    }
    Optional<ObservedObject> member = memberOf(desired);
    if (member.isPresent() && desired.isUnchanged(member.get())) {
      boolean allOurs = member.get().applied().equals(desired.hash());
      rules
          .memory()
          .asDeclared(
              desired.reference(),
              desired.hash(),
              allOurs ? Set.of() : desired.uncovered(member.get()));
      return new Step.Leave(desired);
    }
    if (member.isPresent()) {
      return isNew(desired, member.get())
          ? new Step.Apply(desired, true)
          : drifted(desired, member.get());
    }
    return unknown(desired);
  }

  /** What users wrote about drift of an object that means nothing. */
  List<String> complaints(DesiredObject desired) {
    return Stream.of(
            DriftPolicies.complaint(
                desired.reference().toString(),
                owned
                    .find(desired.kind(), desired.namespace(), desired.name())
                    .flatMap(DriftPlanner::policyOf)),
            DriftPolicies.complaint(
                "%s (%s)".formatted(desired.reference(), desired.document().location()),
                desired.driftPolicy()))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<ObservedObject> memberOf(DesiredObject desired) {
    return owned
        .find(desired.kind(), desired.namespace(), desired.name())
        .filter(ObservedObject::member)
        .filter(it -> it.applySetId().equals(membership.applySetId()));
  }

  /**
   * Whether the declaration is another one than what was applied last. A mark that is not ours
   * tells nothing; and one of another declaration than that we applied is another server's.
   */
  private boolean isNew(DesiredObject desired, ObservedObject observed) {
    return !desired.wasAppliedTo(observed)
        && !wasAppliedHere(desired)
        && !(rules.complete() && desired.lacksOurMark(observed));
  }

  private boolean wasAppliedHere(DesiredObject desired) {
    return rules.memory().wasApplied(desired.reference(), desired.hash());
  }

  /** A member that somebody else changed. */
  private Step drifted(DesiredObject desired, ObservedObject observed) {
    return switch (policy(desired, policyOf(observed))) {
      case IGNORE -> ignore(desired);
      case WARN -> warn(desired, observed.resourceVersion(), () -> read(desired));
      case REPAIR -> {
        if (!rules.memory().allowsRepair(desired.reference())) {
          yield new Step.Tolerate(desired, Optional.empty());
        }
        Optional<ObjectNode> live = read(desired);
        Step contact = new FirstContact(api.fieldManager(), membership).decide(desired, live);
        yield contact instanceof Step.Apply apply ? repair(apply, live) : contact;
      }
    };
  }

  /** An object that is no member: never made, gone, without its label, or somebody else's. */
  private Step unknown(DesiredObject desired) {
    Optional<ObjectNode> live = read(desired);
    Step contact =
        new FirstContact(api.fieldManager(), membership).decide(desired, live, takesOver);
    Optional<ObservedObject> found = live.map(it -> owned.reduce(desired.kind(), it));
    boolean wasOurs =
        found
            .map(it -> !it.fields().isEmpty() && !isNew(desired, it))
            .orElseGet(() -> rules.complete() || wasAppliedHere(desired));
    if (!wasOurs || !(contact instanceof Step.Apply apply)) {
      return contact;
    }
    if (live.isEmpty() && desired.expires()) {
      return ignore(desired);
    }
    return switch (policy(desired, found.flatMap(DriftPlanner::policyOf))) {
      case IGNORE -> ignore(desired);
      case WARN -> warn(desired, found.map(ObservedObject::resourceVersion).orElse(""), () -> live);
      case REPAIR ->
          rules.memory().allowsRepair(desired.reference())
              ? repair(apply, live)
              : new Step.Tolerate(desired, Optional.empty());
    };
  }

  private DriftPolicy policy(DesiredObject desired, Optional<String> live) {
    return rules.policies().of(live, desired.driftPolicy());
  }

  private static Optional<String> policyOf(ObservedObject observed) {
    return Optional.of(observed.drift()).filter(it -> !it.isEmpty());
  }

  private Step ignore(DesiredObject desired) {
    rules.memory().givenUp(desired.reference());
    return new Step.Tolerate(desired, Optional.empty());
  }

  private Step warn(DesiredObject desired, String version, Supplier<Optional<ObjectNode>> live) {
    rules.memory().givenUp(desired.reference());
    Drift drift =
        rules.memory().lookOnce(desired.reference(), version, () -> drift(desired, live.get()));
    return new Step.Tolerate(desired, Optional.of(drift));
  }

  private Step repair(Step.Apply apply, Optional<ObjectNode> live) {
    return apply.repairing(drift(apply.desired(), live));
  }

  private Drift drift(DesiredObject desired, Optional<ObjectNode> live) {
    return live.map(
            it ->
                Drift.changeOf(
                    desired.reference(),
                    desired.bodyWithMark(desired.hash()),
                    it,
                    api.fieldManager(),
                    rules.memory().decidedByServer(desired.reference())))
        .orElseGet(() -> Drift.deletionOf(desired.reference()));
  }

  private Optional<ObjectNode> read(DesiredObject desired) {
    return api.get(desired.kind(), desired.namespace(), desired.name());
  }
}
