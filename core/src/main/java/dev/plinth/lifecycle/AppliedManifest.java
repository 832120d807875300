package dev.plinth.lifecycle;

import dev.plinth.apply.ApplyResult;
import dev.plinth.deploy.AddonCondition;
import dev.plinth.deploy.AddonCondition.Status;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler;

/**
 * A manifest after its plan was executed.
 *
 * @param manifest the manifest
 * @param result what came of it
 * @param health the health of its objects then
 */
record AppliedManifest(DeclaredManifest manifest, ApplyResult result, MemberHealth health) {

  /** Whether it is applied, as its Addon is to tell. */
  AddonCondition condition() {
    return result.complete()
        ? new AddonCondition(Status.TRUE, "Applied", "")
        : new AddonCondition(
            Status.FALSE,
            result.problems().get(0).reason(),
            ManifestReconciler.describe(result.problems()));
  }
}
