package dev.plinth.helm.controller;

import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.config.DriftPolicy;
import dev.plinth.drift.Drift;
import dev.plinth.drift.DriftMemory;
import dev.plinth.drift.DriftPolicies;
import dev.plinth.helm.controller.KindWatches.Scope;
import dev.plinth.helm.controller.ObjectHealth.State;
import dev.plinth.helm.controller.RepairOutcome.Refusal;
import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import dev.plinth.helm.release.Release;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The release of one chart, whose objects are followed. One thread at a time looks at it; health
 * may be asked by any.
 */
final class FollowedRelease {

  private static final Comparator<ObjectReference> BY_TEXT =
      Comparator.comparing(ObjectReference::toString);

  private final Identity identity;
  private final DriftPolicy policy;
  private final Optional<ServiceAccountName> account;
  private final ClusterApi api;
  private final KindWatches watches;
  private final DriftMemory memory;
  private final List<String> problems;
  private final List<FollowedObject> objects = new ArrayList<>();

  /** Objects of kinds that the server does not have, with why they are not followed. */
  private final Map<DeclaredObject, String> unknown = new LinkedHashMap<>();

  /** Objects of which the server did not say whether they are as declared, with its words. */
  private final Map<ObjectReference, String> unchecked = new TreeMap<>(BY_TEXT);

  /** What tells one revision from another, also where a release was made anew. */
  record Identity(String release, int revision, Optional<Instant> first, Optional<Instant> last) {

    static Identity of(Release release) {
      return new Identity(
          release.name().toString(),
          release.revision(),
          release.firstDeployed(),
          release.lastDeployed());
    }
  }

  /**
   * @param policy what holds for objects that say nothing themselves
   * @param account whose rights {@code api} has; empty: Plinth's
   * @param api with whose rights objects are checked and repaired
   * @param memory of the chart's objects
   */
  FollowedRelease(
      Release release,
      DriftPolicy policy,
      Optional<ServiceAccountName> account,
      ClusterApi api,
      KindWatches watches,
      DriftMemory memory) {
    this.identity = Identity.of(release);
    this.policy = policy;
    this.account = account;
    this.api = api;
    this.watches = watches;
    this.memory = memory;
    ReleaseManifest manifest = ReleaseManifest.of(release);
    this.problems = manifest.problems();
    manifest.objects().forEach(it -> unknown.put(it, "not looked for yet"));
    memory.begin(identity.toString());
  }

  /** Whether this is what is to be followed. */
  boolean is(Release release, DriftPolicy wanted, Optional<ServiceAccountName> by) {
    return policy == wanted && account.equals(by) && identity.equals(Identity.of(release));
  }

  /** Finds the kinds of objects that are not known yet; true if some still are not. */
  synchronized boolean resolve(Discovery discovery) {
    for (DeclaredObject object : List.copyOf(unknown.keySet())) {
      try {
        Optional<ResourceKind> kind =
            discovery.find(object.reference().apiVersion(), object.reference().kind());
        if (kind.isPresent()) {
          unknown.remove(object);
          objects.add(new FollowedObject(object, kind.get()));
        } else {
          unknown.put(
              object,
              "the API server has no %s in %s"
                  .formatted(object.reference().kind(), object.reference().apiVersion()));
        }
      } catch (KubernetesClientException e) {
        unknown.put(object, Refusals.of(e));
      }
    }
    memory.retain(objects.stream().map(it -> it.key().reference()).toList());
    return !unknown.isEmpty();
  }

  synchronized Set<ObjectKey> keys() {
    return objects.stream().map(FollowedObject::key).collect(Collectors.toUnmodifiableSet());
  }

  synchronized Set<Scope> scopes() {
    return objects.stream().map(it -> Scope.of(it.key())).collect(Collectors.toUnmodifiableSet());
  }

  /** The objects that do not look as declared, which may be since they were not seen lately. */
  synchronized List<ObjectKey> doubtful() {
    return objects.stream()
        .filter(it -> watches.isKnown(Scope.of(it.key())))
        .filter(it -> !it.isMetBy(watches.find(it.key())))
        .map(FollowedObject::key)
        .toList();
  }

  synchronized List<ObjectHealth> health() {
    return Stream.concat(
            objects.stream().map(this::health),
            unknown.entrySet().stream()
                .map(
                    it ->
                        new ObjectHealth(
                            it.getKey().reference(),
                            State.IN_PROGRESS,
                            "KindMissing",
                            it.getValue())))
        .toList();
  }

  /** As last seen. */
  synchronized List<SeenObject> seen() {
    return objects.stream().flatMap(it -> watches.find(it.key()).stream()).toList();
  }

  private ObjectHealth health(FollowedObject object) {
    ObjectReference reference = object.key().reference();
    Scope scope = Scope.of(object.key());
    Optional<SeenObject> seen = watches.find(object.key());
    if (seen.isPresent()) {
      var health = seen.get().health();
      return new ObjectHealth(
          reference,
          switch (health.state()) {
            case CURRENT -> State.CURRENT;
            case IN_PROGRESS, TERMINATING -> State.IN_PROGRESS;
            case FAILED -> State.FAILED;
          },
          health.reason(),
          health.message());
    }
    Optional<String> refusal = watches.refusal(scope);
    if (refusal.isPresent()) {
      return new ObjectHealth(
          reference, State.IN_PROGRESS, "NotWatched", "cannot be looked at: " + refusal.get());
    }
    if (!watches.isKnown(scope)) {
      return new ObjectHealth(reference, State.UNKNOWN, "NotSeen", "not seen yet");
    }
    if (object.declared().expires()) {
      return new ObjectHealth(reference, State.CURRENT, "Expired", "");
    }
    return new ObjectHealth(
        reference,
        policy(object, Optional.empty()) == DriftPolicy.REPAIR ? State.IN_PROGRESS : State.FAILED,
        "Missing",
        "it does not exist");
  }

  /** What differs and is not ignored. */
  synchronized List<ObjectDrift> drift() {
    List<ObjectDrift> drifts = new ArrayList<>();
    for (FollowedObject object : objects) {
      Optional<SeenObject> seen = watches.find(object.key());
      DriftPolicy effective = policy(object, seen.flatMap(SeenObject::drift));
      if (effective != DriftPolicy.REPAIR) {
        memory.givenUp(object.key().reference());
      }
      if (watches.isKnown(Scope.of(object.key()))
          && effective != DriftPolicy.IGNORE
          && seen.filter(SeenObject::terminating).isEmpty()
          && (seen.isPresent() || !object.declared().expires())) {
        Optional<Drift> drift = object.drift(seen, () -> ask(object));
        if (drift.isPresent()) {
          drifts.add(new ObjectDrift(object.key(), drift.get(), effective));
        } else {
          memory.asDeclared(object.key().reference(), object.hash(), Set.of());
        }
      }
    }
    return drifts;
  }

  private Optional<Drift> ask(FollowedObject object) {
    ObjectReference reference = object.key().reference();
    try {
      Optional<Drift> drift =
          new DriftCheck(api).drift(object.key(), object.declared().body(object.key().kind()));
      unchecked.remove(reference);
      return drift;
    } catch (KubernetesClientException e) {
      unchecked.put(reference, Refusals.of(e, object.key()));
      return Optional.empty();
    }
  }

  /** Makes what is to be repaired as declared again. */
  synchronized RepairOutcome repair() {
    List<Drift> repaired = new ArrayList<>();
    List<Refusal> refused = new ArrayList<>();
    for (ObjectDrift drift : drift()) {
      ObjectReference reference = drift.key().reference();
      if (drift.policy() == DriftPolicy.REPAIR && memory.allowsRepair(reference)) {
        FollowedObject object =
            objects.stream().filter(it -> it.key().equals(drift.key())).findFirst().orElseThrow();
        memory.repaired(drift.drift());
        try {
          var live =
              api.apply(drift.key().kind(), object.declared().body(drift.key().kind()), true)
                  .object();
          watches.put(drift.key().kind(), live);
          memory.applied(reference, object.hash(), Set.of());
          repaired.add(drift.drift());
        } catch (KubernetesClientException e) {
          refused.add(new Refusal(drift.drift(), Refusals.of(e, drift.key())));
        }
        object.reconsider();
      }
    }
    return new RepairOutcome(repaired, refused, memory.contested(), memory.nextLook());
  }

  /** What users are to know besides: words that mean nothing, objects that can't be looked at. */
  synchronized List<String> notes() {
    return Stream.of(
            problems.stream(),
            unchecked.entrySet().stream()
                .map(
                    it ->
                        "%s: whether it is as the chart says can't be told: %s"
                            .formatted(it.getKey(), it.getValue())),
            objects.stream()
                .flatMap(
                    it ->
                        Stream.of(
                                watches.find(it.key()).flatMap(SeenObject::drift),
                                it.declared().driftPolicy())
                            .flatMap(
                                word ->
                                    DriftPolicies.complaint(it.key().toString(), word).stream())))
        .flatMap(it -> it)
        .distinct()
        .toList();
  }

  private DriftPolicy policy(FollowedObject object, Optional<String> live) {
    return new DriftPolicies(policy, Optional.empty()).of(live, object.declared().driftPolicy());
  }
}
