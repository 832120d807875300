package dev.plinth.helm.controller;

import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.config.DriftPolicy;
import dev.plinth.helm.controller.KindWatches.Scope;
import dev.plinth.helm.controller.ObjectHealth.State;
import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import dev.plinth.helm.release.Release;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The release of one chart, whose objects are followed. Thread-safe: one look at a time. */
final class FollowedRelease {

  private final Revision revision;
  private final KindWatches watches;
  private final ObjectHealths healths;
  private final ReleaseDrift drift;
  private final List<String> problems;
  private final List<FollowedObject> objects = new ArrayList<>();

  /** Objects of kinds that the server does not have, with why they are not followed. */
  private final Map<DeclaredObject, String> unknown = new LinkedHashMap<>();

  /**
   * What tells one revision from another, also where a release was made anew, and how it is looked
   * at.
   *
   * @param policy what holds for objects that say nothing themselves
   * @param account with whose rights; empty: with Plinth's
   */
  record Revision(
      String release,
      int number,
      Optional<Instant> first,
      Optional<Instant> last,
      DriftPolicy policy,
      Optional<ServiceAccountName> account) {

    static Revision of(Release release, DriftPolicy policy, Optional<ServiceAccountName> account) {
      return new Revision(
          release.name().toString(),
          release.revision(),
          release.firstDeployed(),
          release.lastDeployed(),
          policy,
          account);
    }
  }

  FollowedRelease(
      Revision revision, ReleaseManifest manifest, KindWatches watches, ReleaseDrift drift) {
    this.revision = revision;
    this.watches = watches;
    this.healths = new ObjectHealths(watches);
    this.drift = drift;
    this.problems = manifest.problems();
    manifest.objects().forEach(it -> unknown.put(it, "not looked for yet"));
  }

  Revision revision() {
    return revision;
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
            objects.stream().map(it -> healths.of(it, drift.policy(it) == DriftPolicy.REPAIR)),
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

  synchronized List<ObjectDrift> drift() {
    return drift.of(objects);
  }

  synchronized RepairOutcome repair() {
    return drift.repair(objects);
  }

  synchronized Optional<Duration> nextLook() {
    return drift.nextLook(objects);
  }

  /** What users are to know besides health and drift. */
  synchronized List<String> notes() {
    return Stream.concat(problems.stream(), drift.notes(objects).stream()).toList();
  }
}
