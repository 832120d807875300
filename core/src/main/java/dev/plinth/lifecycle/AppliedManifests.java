package dev.plinth.lifecycle;

import dev.plinth.apply.ApplyResult;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.deploy.AddonProblem;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.diagnosis.Cause;
import dev.plinth.report.AddonState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The manifests of one add-on, or a user's file, after their plans were executed.
 *
 * @param all the manifests
 * @param health the health of all their objects together
 */
record AppliedManifests(List<AppliedManifest> all, MemberHealth health) {

  AppliedManifests(List<AppliedManifest> all) {
    this(List.copyOf(all), MemberHealth.together(all.stream().map(AppliedManifest::health)));
  }

  /** Whether every declared object is in the cluster as declared. */
  boolean complete() {
    return results().allMatch(ApplyResult::complete);
  }

  /** How many objects were written or deleted. */
  long changes() {
    return results().mapToLong(ApplyResult::changes).sum();
  }

  /** What keeps them from being applied completely. */
  Optional<Verdict> obstacle() {
    List<ObjectOutcome> problems =
        results().filter(it -> !it.complete()).flatMap(it -> it.problems().stream()).toList();
    if (problems.isEmpty()) {
      return Optional.empty();
    }
    boolean passing = problems.stream().allMatch(ObjectOutcome::passing);
    ObjectOutcome first =
        problems.stream().filter(it -> !it.passing()).findFirst().orElse(problems.get(0));
    return Optional.of(
        new Verdict(
            passing ? AddonState.PROGRESSING : AddonState.FAILED,
            first.reason(),
            ManifestReconciler.describe(problems)));
  }

  /** What a complete result holds besides successes was left on purpose. */
  List<ObjectOutcome> kept() {
    return results().flatMap(it -> it.problems().stream()).toList();
  }

  /** Why objects are not healthy, as far as that is known. */
  List<Cause> causes() {
    return all.stream().flatMap(it -> it.causes().stream()).toList();
  }

  /** Objects that other manifests declare too. */
  List<AddonProblem> contested() {
    return all.stream().flatMap(it -> it.contested().stream()).toList();
  }

  private Stream<ApplyResult> results() {
    return all.stream().map(AppliedManifest::result);
  }
}
