package dev.plinth.apply;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.ResourceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** What K3s has left of one Addon that becomes ours: its objects, by identity. */
final class Adoption {

  /** Nothing is adopted. */
  static final Adoption NONE = new Adoption(List.of(), (kind, live) -> null);

  private final Map<String, K3sObjects.Found> objects = new LinkedHashMap<>();
  private final BiFunction<ResourceKind, ObjectNode, ObservedObject> reduction;

  /**
   * @param reduction what is kept of a live object
   */
  Adoption(
      Collection<K3sObjects.Found> found,
      BiFunction<ResourceKind, ObjectNode, ObservedObject> reduction) {
    this.reduction = reduction;
    found.forEach(
        it ->
            objects.put(
                identity(
                    it.kind(),
                    it.live().path("metadata").path("namespace").asText(""),
                    it.live().path("metadata").path("name").asText()),
                it));
  }

  /** The object of K3s's that is declared. */
  Optional<ObjectNode> find(DesiredObject desired) {
    return Optional.ofNullable(
            objects.get(identity(desired.kind(), desired.namespace(), desired.name())))
        .map(K3sObjects.Found::live);
  }

  /**
   * What K3s had and is not declared.
   *
   * @param deletable what goes, as far as the delete rules allow
   * @param kept what stays, with the reason
   */
  record Leftovers(List<ObservedObject> deletable, List<Step> kept) {

    boolean contains(ObservedObject object) {
      return deletable.stream()
          .anyMatch(it -> it.uid().equals(object.uid()) && !it.uid().isEmpty());
    }
  }

  /**
   * What K3s had and is not declared. What has a finalizer stands for more than itself, such as a
   * release that would be uninstalled: nobody has asked for that by changing who looks after it.
   */
  Leftovers leftovers(Collection<DesiredObject> desired) {
    Set<String> wanted = new TreeSet<>();
    desired.forEach(it -> wanted.add(identity(it.kind(), it.namespace(), it.name())));
    List<ObservedObject> deletable = new ArrayList<>();
    List<Step> kept = new ArrayList<>();
    objects.forEach(
        (identity, found) -> {
          ObservedObject object = reduction.apply(found.kind(), found.live());
          if (wanted.contains(identity) || object.terminating()) {
            return;
          }
          if (found.live().path("metadata").path("finalizers").isEmpty()
              || object.deleteAllowed()) {
            deletable.add(object);
          } else {
            kept.add(kept(object));
          }
        });
    return new Leftovers(deletable, kept);
  }

  private static Step kept(ObservedObject object) {
    return new Step.Fail(
        Outcomes.referenceTo(object),
        Outcomes.of(
            object,
            Action.SKIPPED,
            "LeftOfK3s",
            "left, though no manifest declares it any more, since more may go with it, as its finalizers tell; to consent: kubectl annotate %s %s%s %s=allow, then delete it"
                .formatted(
                    object.kind().plural(),
                    object.name(),
                    object.namespace().isEmpty() ? "" : " -n " + object.namespace(),
                    Labels.DELETE),
            false));
  }

  /** Identity regardless of version. */
  private static String identity(ResourceKind kind, String namespace, String name) {
    return kind.groupKind() + " " + namespace + "/" + name;
  }
}
