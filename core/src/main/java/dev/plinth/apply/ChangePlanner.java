package dev.plinth.apply;

import com.google.common.base.Ticker;
import com.google.common.collect.Sets;
import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.drift.DriftRules;
import dev.plinth.manifest.ManifestDocument;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Computes change sets: compares what is declared with what is known, and looks at what is not.
 * Writes nothing.
 */
public final class ChangePlanner {

  private final ClusterApi api;
  private final Discovery discovery;
  private final OwnedObjects owned;
  private final ObjectClaims claims;
  private final K3sObjects k3s;
  private final Concurrently concurrently;

  public ChangePlanner(
      ClusterApi api,
      Discovery discovery,
      OwnedObjects owned,
      ObjectClaims claims,
      Concurrently concurrently) {
    this.api = api;
    this.discovery = discovery;
    this.owned = owned;
    this.claims = claims;
    this.k3s = new K3sObjects(api, Ticker.systemTicker());
    this.concurrently = concurrently;
  }

  /**
   * Plans for one set, whose claims are known.
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
    return plan(membership, documents, recordedKinds, drift, false);
  }

  /**
   * Plans for one set that may be K3s's so far.
   *
   * @param adopting whether objects of the same Addon of K3s are to be adopted: what is declared is
   *     applied, and what is not goes
   */
  public ChangeSet plan(
      Membership membership,
      List<ManifestDocument> documents,
      Collection<ResourceKind> recordedKinds,
      DriftRules drift,
      boolean adopting)
      throws InterruptedException {
    List<Step> steps = new ArrayList<>();
    List<DesiredObject> desired = resolve(documents, membership, steps);
    Set<ResourceKind> kinds = new LinkedHashSet<>(recordedKinds);
    desired.forEach(it -> kinds.add(it.kind()));
    Map<ResourceKind, KubernetesClientException> unlistable = watch(kinds);
    Adoption adoption =
        adopting
            ? new Adoption(
                k3s.of(membership, Sets.difference(kinds, unlistable.keySet())), owned::reduce)
            : Adoption.NONE;
    DriftPlanner drifts = driftPlanner(membership, drift, adoption);
    Set<ResourceKind> declared = new HashSet<>();
    desired.forEach(it -> declared.add(it.kind()));
    unlistable.forEach(
        (kind, e) -> {
          if (!declared.contains(kind) && !isGone(e)) {
            steps.add(Failures.ofAll(kind, e));
          }
        });
    steps.addAll(
        concurrently.map(
            desired,
            it ->
                unlistable.containsKey(it.kind())
                    ? Failures.of(it, unlistable.get(it.kind()))
                    : step(it, membership, drifts)));
    Adoption.Leftovers leftovers = adoption.leftovers(desired);
    steps.addAll(leftovers.kept());
    List<ObservedObject> undeclared =
        Stream.concat(
                undeclared(membership, desired).stream().filter(it -> !leftovers.contains(it)),
                leftovers.deletable().stream())
            .toList();
    return new ChangeSet(
        membership,
        steps,
        undeclared.stream().filter(it -> !claims.isClaimedByAnother(it)).toList(),
        undeclared.stream().filter(claims::isClaimedByAnother).toList(),
        drift,
        desired.stream().flatMap(it -> drifts.complaints(it).stream()).toList());
  }

  /** Those whose kinds are served; of the others, the steps. */
  private List<DesiredObject> resolve(
      List<ManifestDocument> documents, Membership membership, List<Step> others) {
    List<DesiredObject> desired = new ArrayList<>();
    List<KubernetesClientException> failures = new ArrayList<>();
    for (ManifestDocument document : documents) {
      try {
        resolve(document, membership)
            .ifPresentOrElse(desired::add, () -> others.add(new Step.Await(document)));
      } catch (KubernetesClientException e) {
        failures.add(e);
        others.add(Failures.ofKind(document, e));
      }
    }
    if (isNoAnswer(failures)) {
      throw failures.get(0);
    }
    return desired;
  }

  /**
   * Has the kinds watched.
   *
   * @return those that the server refuses to list, or whose own server does not answer
   */
  private Map<ResourceKind, KubernetesClientException> watch(Set<ResourceKind> kinds) {
    try {
      owned.watch(kinds);
      return Map.of();
    } catch (KubernetesClientException e) {
      if (isNoAnswer(List.of(e))) {
        throw e;
      }
    }
    Map<ResourceKind, KubernetesClientException> failures = new LinkedHashMap<>();
    for (ResourceKind kind : kinds) {
      try {
        owned.watch(Set.of(kind));
      } catch (KubernetesClientException e) {
        failures.put(kind, e);
        if (isGone(e)) {
          forget(kind);
        }
      }
    }
    boolean outage =
        failures.size() == kinds.size()
            && failures.values().stream()
                .allMatch(it -> it.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR);
    if (isNoAnswer(failures.values()) || outage) {
      throw failures.values().iterator().next();
    }
    return failures;
  }

  private static boolean isNoAnswer(Collection<KubernetesClientException> failures) {
    return failures.stream().anyMatch(it -> it.getCode() == 0);
  }

  private static boolean isGone(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
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
              return step(desired, membership, driftPlanner(membership, drift, Adoption.NONE));
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

  private DriftPlanner driftPlanner(Membership membership, DriftRules drift, Adoption adoption) {
    return new DriftPlanner(
        api, owned, membership, drift, adoption, () -> claims.isComplete(membership));
  }

  private Step step(DesiredObject desired, Membership membership, DriftPlanner drifts) {
    Optional<String> rival =
        claims.refusal(
            desired,
            membership,
            owned
                .find(desired.kind(), desired.namespace(), desired.name())
                .filter(ObservedObject::member)
                .map(ObservedObject::applySetId)
                .orElse(""));
    if (rival.isPresent()) {
      return new Step.Refuse(desired, FirstContact.OWNED_BY_ANOTHER, rival.get());
    }
    try {
      return drifts.step(desired);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return Failures.of(desired, e);
      }
      throw e;
    }
  }

  private List<ObservedObject> undeclared(Membership membership, List<DesiredObject> desired) {
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
