package dev.plinth.apply;

import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** Steps about objects of which the server does not tell what has to be known. */
final class Failures {

  private static final String ANY = "*";

  private Failures() {}

  /** A declared object cannot be read. */
  static Step of(DesiredObject desired, KubernetesClientException e) {
    ApplyFailure failure = ApplyFailure.of(e, desired);
    return new Step.Fail(
        desired.reference(),
        Outcomes.failed(desired, failure.reason(), failure.message(), failure.passing()));
  }

  /** Objects of a kind cannot be listed: something may be left that cannot be seen. */
  static Step ofAll(ResourceKind kind, KubernetesClientException e) {
    ApplyFailure failure = ApplyFailure.of(e, kind, "", ANY);
    ObjectReference all = new ObjectReference(kind.apiVersion(), kind.kind(), "", ANY);
    return new Step.Fail(
        all,
        new ObjectOutcome(
            all,
            Optional.empty(),
            Action.FAILED,
            failure.reason(),
            failure.message(),
            failure.passing()));
  }

  /** Whether a kind is served cannot be told: its API service does not answer, most likely. */
  static Step ofKind(ManifestDocument document, KubernetesClientException e) {
    ObjectReference object = document.reference();
    return new Step.Fail(
        object,
        new ObjectOutcome(
            object,
            Optional.of(document.location()),
            Action.FAILED,
            ApplyEngine.KIND_UNAVAILABLE,
            "the server does not tell whether it has kind %s in %s: %s"
                .formatted(object.kind(), object.apiVersion(), e.getMessage()),
            true));
  }
}
