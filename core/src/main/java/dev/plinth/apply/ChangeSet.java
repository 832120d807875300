package dev.plinth.apply;

import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.manifest.ManifestDocument;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** True if executing it would send nothing. */
  public boolean isEmpty() {
    return prune.isEmpty() && steps.stream().allMatch(Step.Leave.class::isInstance);
  }

  /** What stands in the way of the whole set: objects that are somebody else's. */
  public List<ObjectOutcome> refusals() {
    return steps.stream()
        .filter(Step.Refuse.class::isInstance)
        .map(Step.Refuse.class::cast)
        .map(it -> Outcomes.failed(it.desired(), it.reason(), it.message(), false))
        .toList();
  }

  /** Kinds of the declared objects that are served, and of those to prune. */
  public Set<ResourceKind> kinds() {
    return Stream.concat(
            declared().map(DesiredObject::kind), prune.stream().map(ObservedObject::kind))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Kinds of the declared objects that are served. */
  public Set<ResourceKind> declaredKinds() {
    return declared().map(DesiredObject::kind).collect(Collectors.toUnmodifiableSet());
  }

  /** Namespaces of the declared objects. */
  public Set<String> declaredNamespaces() {
    return declared()
        .map(DesiredObject::namespace)
        .filter(it -> !it.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Stream<DesiredObject> declared() {
    return steps.stream()
        .flatMap(
            step ->
                step instanceof Step.Leave leave
                    ? Stream.of(leave.desired())
                    : step instanceof Step.Apply apply
                        ? Stream.of(apply.desired())
                        : step instanceof Step.Refuse refuse
                            ? Stream.of(refuse.desired())
                            : Stream.empty());
  }
}
