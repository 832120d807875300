package dev.plinth.apply;

import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.drift.DriftRules;
import dev.plinth.manifest.ManifestDocument;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Computes change sets: compares what is declared with what is known, and looks at what is not.
 * Writes nothing.
 */
public final class ChangePlanner {

  private final ClusterApi api;
  private final Discovery discovery;
  private final OwnedObjects owned;
  private final Concurrently concurrently;

  public ChangePlanner(
      ClusterApi api, Discovery discovery, OwnedObjects owned, Concurrently concurrently) {
    this.api = api;
    this.discovery = discovery;
    this.owned = owned;
    this.concurrently = concurrently;
  }

  /**
   * Plans for one set.
   *
   * @param membership the set
   * @param documents all that is declared
   * @param recordedKinds kinds that the set may have members of from earlier times
   * @param drift what is done about what somebody else changed
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the cluster cannot be read
   * @throws InterruptedException if interrupted
   */
  public ChangeSet plan(
      Membership membership,
      List<ManifestDocument> documents,
      Collection<ResourceKind> recordedKinds,
      DriftRules drift)
      throws InterruptedException {
    List<Step> served = new ArrayList<>();
    List<DesiredObject> desired = new ArrayList<>();
    for (ManifestDocument document : documents) {
      resolve(document, membership)
          .ifPresentOrElse(desired::add, () -> served.add(new Step.Await(document)));
    }
    Set<ResourceKind> kinds = new LinkedHashSet<>(recordedKinds);
    desired.forEach(it -> kinds.add(it.kind()));
    owned.watch(kinds);
    DriftPlanner drifts = new DriftPlanner(api, owned, membership, drift);
    served.addAll(concurrently.map(desired, drifts::step));
    return new ChangeSet(
        membership,
        served,
        toPrune(membership, desired),
        drift,
        desired.stream().flatMap(it -> drifts.complaints(it).stream()).toList());
  }

  /**
   * The step for a document whose kind was not served when the plan was made; empty if it still is
   * not.
   */
  Optional<Step> planLate(ManifestDocument document, Membership membership, DriftRules drift) {
    return resolve(document, membership)
        .map(
            desired -> {
              owned.watch(Set.of(desired.kind()));
              return new DriftPlanner(api, owned, membership, drift).step(desired);
            });
  }

  /** Whether the server has the kind of a document now. */
  boolean isServed(ManifestDocument document) {
    return discovery
        .find(document.reference().apiVersion(), document.reference().kind())
        .isPresent();
  }

  /** Has the next plan ask the server anew whether it serves this kind. */
  void forget(ResourceKind kind) {
    discovery.forget(kind.apiVersion());
  }

  private Optional<DesiredObject> resolve(ManifestDocument document, Membership membership) {
    return discovery
        .find(document.reference().apiVersion(), document.reference().kind())
        .map(kind -> DesiredObject.of(document, kind, membership));
  }

  private List<ObservedObject> toPrune(Membership membership, List<DesiredObject> desired) {
    Set<String> wanted = new HashSet<>();
    desired.forEach(it -> wanted.add(identity(it.kind(), it.namespace(), it.name())));
    return owned.members(membership.applySetId()).stream()
        .filter(it -> !it.terminating())
        .filter(it -> !wanted.contains(identity(it.kind(), it.namespace(), it.name())))
        .toList();
  }

  /** Identity regardless of version: an object is the same in all versions of its group. */
  private static String identity(ResourceKind kind, String namespace, String name) {
    return kind.groupKind() + " " + namespace + "/" + name;
  }
}
