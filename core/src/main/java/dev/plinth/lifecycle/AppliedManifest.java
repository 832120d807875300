package dev.plinth.lifecycle;

import dev.plinth.apply.ApplyResult;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.deploy.AddonCondition;
import dev.plinth.deploy.AddonCondition.Status;
import dev.plinth.deploy.AddonProblem;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.diagnosis.Cause;
import dev.plinth.manifest.SourceLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A manifest after its plan was executed.
 *
 * @param manifest the manifest
 * @param result what came of it
 * @param health the health of its objects then
 * @param causes why some of them are not healthy, as far as that is known
 * @param contested its objects that other manifests declare too
 */
record AppliedManifest(
    DeclaredManifest manifest,
    ApplyResult result,
    MemberHealth health,
    List<Cause> causes,
    List<AddonProblem> contested) {

  /** Whether it is applied, as its Addon is to tell. */
  AddonCondition condition() {
    return result.complete()
        ? new AddonCondition(Status.TRUE, "Applied", "")
        : new AddonCondition(
            Status.FALSE,
            result.problems().get(0).reason(),
            ManifestReconciler.describe(result.problems()));
  }

  /**
   * What is the matter with its objects: those not applied, those not healthy, those that others
   * declare too.
   *
   * @param location where an object is declared
   */
  List<AddonProblem> problems(Function<ObservedObject, String> location) {
    List<AddonProblem> problems = new ArrayList<>();
    result.problems().forEach(it -> problems.add(problem(it)));
    for (ObservedObject it : health.unhealthy()) {
      problems.add(
          new AddonProblem(
              it.describe(), location.apply(it), it.health().reason(), it.health().message()));
    }
    for (Cause it : causes) {
      problems.add(new AddonProblem(it.object(), "", it.reason(), it.message()));
    }
    problems.addAll(contested);
    return problems;
  }

  static AddonProblem problem(ObjectOutcome outcome) {
    return new AddonProblem(
        outcome.object().toString(),
        outcome.location().map(SourceLocation::toString).orElse(""),
        outcome.reason(),
        outcome.message());
  }
}
