package dev.plinth.helm.controller;

import dev.plinth.cluster.ClusterApi;
import dev.plinth.config.DriftPolicy;
import dev.plinth.drift.Drift;
import dev.plinth.drift.DriftMemory;
import dev.plinth.drift.DriftPolicies;
import dev.plinth.helm.controller.KindWatches.Scope;
import dev.plinth.helm.controller.RepairOutcome.Refusal;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds and repairs what others have changed of the objects of one release. Not thread-safe: it
 * belongs to its release.
 */
final class ReleaseDrift {

  private final DriftPolicy policy;
  private final ClusterApi api;
  private final KindWatches watches;
  private final DriftMemory memory;
  private final InstantSource clock;

  /**
   * @param policy what holds for objects that say nothing themselves
   * @param api with whose rights objects are checked and repaired
   * @param memory of the chart's objects
   */
  ReleaseDrift(
      DriftPolicy policy,
      ClusterApi api,
      KindWatches watches,
      DriftMemory memory,
      InstantSource clock) {
    this.policy = policy;
    this.api = api;
    this.watches = watches;
    this.memory = memory;
    this.clock = clock;
  }

  /** The policy for one object. */
  DriftPolicy policy(FollowedObject object) {
    return new DriftPolicies(policy, Optional.empty())
        .of(watches.find(object.key()).flatMap(SeenObject::drift), object.driftPolicy());
  }

  /** What differs and is not ignored. */
  List<ObjectDrift> of(List<FollowedObject> objects) {
    List<ObjectDrift> drifts = new ArrayList<>();
    objects.forEach(it -> of(it).ifPresent(drifts::add));
    return drifts;
  }

  private Optional<ObjectDrift> of(FollowedObject object) {
    Optional<SeenObject> seen = watches.find(object.key());
    DriftPolicy effective = policy(object);
    if (effective != DriftPolicy.REPAIR) {
      memory.givenUp(object.key().reference());
    }
    boolean absentAsItShouldBe = seen.isEmpty() && object.expires();
    if (effective == DriftPolicy.IGNORE
        || absentAsItShouldBe
        || seen.filter(SeenObject::terminating).isPresent()
        || !watches.isKnown(Scope.of(object.key()))) {
      return Optional.empty();
    }
    Optional<Drift> drift = ask(object, seen);
    if (drift.isEmpty() && object.refusal().isEmpty()) {
      memory.asDeclared(object.key().reference(), object.hash(), Set.of());
    }
    return drift.map(it -> new ObjectDrift(object.key(), it, effective));
  }

  private Optional<Drift> ask(FollowedObject object, Optional<SeenObject> seen) {
    try {
      Optional<Drift> drift =
          object.drift(
              seen,
              () -> {
                if (object.isPausing(clock.instant())) {
                  throw new PausingException();
                }
                Optional<Drift> found = new DriftCheck(api).drift(object.key(), object.body());
                object.accepted();
                return found;
              });
      if (drift.isEmpty()) {
        object.accepted();
      }
      return drift;
    } catch (KubernetesClientException e) {
      object.refused(Refusals.of(e, object.key()), clock.instant());
      return Optional.empty();
    } catch (PausingException e) {
      return Optional.empty();
    }
  }

  /** Says that the server is not to be asked yet. */
  private static final class PausingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PausingException() {
      super(null, null, false, false);
    }
  }

  /** Makes what is to be repaired as declared again. */
  RepairOutcome repair(List<FollowedObject> objects) {
    List<Drift> repaired = new ArrayList<>();
    List<Refusal> refused = new ArrayList<>();
    for (FollowedObject object : objects) {
      Optional<Drift> drift =
          of(object).filter(it -> it.policy() == DriftPolicy.REPAIR).map(ObjectDrift::drift);
      if (drift.isPresent() && memory.allowsRepair(object.key().reference())) {
        if (!object.isPausing(clock.instant())) {
          repair(object, drift.get());
        }
        object
            .refusal()
            .ifPresentOrElse(
                it -> refused.add(new Refusal(drift.get(), it)), () -> repaired.add(drift.get()));
      }
    }
    return new RepairOutcome(repaired, refused, memory.contested(), nextLook(objects));
  }

  private void repair(FollowedObject object, Drift drift) {
    try {
      watches.put(
          object.key().kind(), api.apply(object.key().kind(), object.body(), true).object());
      memory.repaired(drift);
      memory.applied(object.key().reference(), object.hash(), Set.of());
      object.accepted();
    } catch (KubernetesClientException e) {
      object.refused(Refusals.of(e, object.key()), clock.instant());
    }
  }

  /** How long from now to look though nothing has changed; empty if there is no need to. */
  Optional<Duration> nextLook(List<FollowedObject> objects) {
    Instant now = clock.instant();
    return Stream.concat(
            memory.nextLook().stream(),
            objects.stream()
                .flatMap(it -> it.nextLook().stream())
                .map(it -> it.isAfter(now) ? Duration.between(now, it) : Duration.ZERO))
        .min(Duration::compareTo);
  }

  /** What users are to know besides: words that mean nothing, objects that can't be checked. */
  List<String> notes(List<FollowedObject> objects) {
    return objects.stream()
        .flatMap(
            it ->
                Stream.of(
                        it.refusal()
                            .filter(words -> !it.isDrifted())
                            .map(
                                words ->
                                    "%s: whether it is as the chart says can't be told: %s"
                                        .formatted(it.key(), words)),
                        DriftPolicies.complaint(
                            it.key().toString(), watches.find(it.key()).flatMap(SeenObject::drift)),
                        DriftPolicies.complaint(
                            it.key() + " (in the chart's manifest)", it.driftPolicy()))
                    .flatMap(Optional::stream))
        .toList();
  }
}
