package dev.plinth.apply;

import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.ClusterApi.Applied;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Optional;

/** Applies and deletes single objects. */
final class ObjectApplier {

  private static final Duration REPLACEMENT_TIMEOUT = Duration.ofSeconds(30);

  private final ClusterApi api;
  private final OwnedObjects owned;
  private final GuardedWrites writes;

  ObjectApplier(ClusterApi api, OwnedObjects owned) {
    this.api = api;
    this.owned = owned;
    this.writes = new GuardedWrites(api, owned);
  }

  ObjectOutcome apply(Step.Apply step, Membership membership) {
    DesiredObject desired = step.desired();
    try {
      step.transfer()
          .ifPresent(it -> api.transfer(desired.kind(), desired.namespace(), desired.name(), it));
      return send(desired, step.force());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT && !step.force()) {
        return refused(desired, membership, e);
      }
      if (ApplyFailure.asksForReplacement(e, desired)) {
        return replace(desired);
      }
      ApplyFailure failure = ApplyFailure.of(e, desired);
      return Outcomes.failed(desired, failure.reason(), failure.message(), failure.passing());
    }
  }

  ObjectOutcome delete(ObservedObject object) {
    try {
      writes.delete(object);
      return Outcomes.of(object, Action.DELETED, "", "", false);
    } catch (KubernetesClientException e) {
      ApplyFailure failure = ApplyFailure.of(e, object.kind(), object.namespace(), object.name());
      return Outcomes.of(
          object, Action.FAILED, failure.reason(), failure.message(), failure.passing());
    }
  }

  /** Waits until an object that was deleted is gone; finalizers may take their time. */
  boolean awaitGone(ObservedObject object, Duration timeout) throws InterruptedException {
    return owned.await(
        object.kind(),
        object.namespace(),
        object.name(),
        it -> it.filter(now -> now.uid().equals(object.uid())).isEmpty(),
        timeout);
  }

  private ObjectOutcome send(DesiredObject desired, boolean force) {
    Applied applied = writes.apply(desired, desired.bodyWithMark(desired.hash()), force);
    ObservedObject now = owned.observe(desired.kind(), applied.object());
    String mark = desired.markFor(now);
    if (!mark.equals(now.applied())) {
      // Admission took fields from us in this very request: remembered, so that it is not fought.
      owned.observe(
          desired.kind(), writes.apply(desired, desired.bodyWithMark(mark), true).object());
    }
    return Outcomes.done(desired, applied.created() ? Action.CREATED : Action.CONFIGURED);
  }

  private ObjectOutcome refused(
      DesiredObject desired, Membership membership, KubernetesClientException conflict) {
    return api.get(desired.kind(), desired.namespace(), desired.name())
        .map(live -> new FirstContact(api.fieldManager(), membership).conflicting(desired, live))
        .filter(Step.Refuse.class::isInstance)
        .map(Step.Refuse.class::cast)
        .map(it -> Outcomes.failed(desired, it.reason(), it.message(), false))
        .orElseGet(() -> Outcomes.failed(desired, "Conflict", conflict.getMessage(), true));
  }

  private ObjectOutcome replace(DesiredObject desired) {
    Optional<ObservedObject> old = owned.find(desired.kind(), desired.namespace(), desired.name());
    if (old.isEmpty()) {
      return Outcomes.failed(
          desired,
          "ImmutableField",
          "it must be deleted to change it, and is not known to be ours; annotate it with "
              + Labels.ADOPT
              + "=true and retry",
          true);
    }
    ObjectOutcome deleted = delete(old.get());
    if (deleted.action() == Action.FAILED) {
      return Outcomes.failed(desired, deleted.reason(), deleted.message(), deleted.passing());
    }
    try {
      if (!awaitGone(old.get(), REPLACEMENT_TIMEOUT)) {
        return Outcomes.failed(
            desired,
            "Terminating",
            "waiting for the old one to be gone before making it anew",
            true);
      }
      return send(desired, false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcomes.failed(desired, "Interrupted", "stopped while it was being replaced", true);
    } catch (KubernetesClientException e) {
      ApplyFailure failure = ApplyFailure.of(e, desired);
      return Outcomes.failed(desired, failure.reason(), failure.message(), failure.passing());
    }
  }
}
