package dev.plinth.lifecycle;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.plinth.apply.ApplyResult;
import dev.plinth.apply.DeleteRules;
import dev.plinth.apply.Membership;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.deploy.AddonCondition;
import dev.plinth.deploy.AddonCondition.Status;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.deploy.AddonProblem;
import dev.plinth.deploy.AddonStatusView;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.deploy.ManifestReconciler.Planned;
import dev.plinth.manifest.ManifestException;
import dev.plinth.overlay.OverlaidDocuments;
import dev.plinth.report.AddonState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a loop does about a manifest in one round: plan, apply, judge, and tell it in the manifest's
 * Addon. With nothing to do it sends no request. A user's file is all of a loop; an add-on's loop
 * takes each step with all of its manifests before the next.
 *
 * <p>Keeps nothing between rounds. All methods throw {@link
 * io.fabric8.kubernetes.client.KubernetesClientException} if the cluster cannot be read, or the
 * Addon not be written: the round has ended then.
 */
final class ManifestRound {

  /** The type of the condition that tells that an add-on has something against its manifest. */
  static final String BLOCKED = "Blocked";

  private final Surroundings server;

  ManifestRound(Surroundings server) {
    this.server = server;
  }

  /**
   * Where a manifest stands after a round.
   *
   * @param verdict how it stands
   * @param retry whether something is left to be tried again
   * @param changes how many objects were written or deleted
   * @param objects how many objects in the cluster belong to it
   * @param nextLook how long from now to look again though nothing has changed; empty if there is
   *     no need to
   */
  record Outcome(
      Verdict verdict, boolean retry, long changes, int objects, Optional<Duration> nextLook) {}

  /** All steps, for a manifest that is in no add-on's company. */
  Outcome run(DeclaredManifest manifest, DeleteRules rules) throws InterruptedException {
    Planned planned;
    try {
      planned = plan(manifest);
    } catch (ManifestException e) {
      return new Outcome(
          unreadable(manifest, e), false, 0, health(manifest).total(), Optional.empty());
    }
    AppliedManifests applied = new AppliedManifests(List.of(apply(planned, rules)));
    Verdict verdict = judge(applied);
    tell(applied, verdict);
    return new Outcome(
        verdict,
        !applied.complete(),
        applied.changes(),
        applied.health().total(),
        nextLook(manifest));
  }

  /** There are no rounds any more: the manifest has gone, and what others declare too is theirs. */
  void end(Membership membership) {
    pause(membership);
    server.manifests().withdraw(membership);
  }

  /** There are no rounds here for now: nothing is waited for. */
  void pause(Membership membership) {
    server.engine().arrivals().await(membership.applySetId(), Set.of());
    server.diagnosis().examine(membership.applySetId(), List.of());
  }

  /**
   * The first step; writes nothing.
   *
   * @throws ManifestException if it cannot be parsed: see {@link #unreadable}
   */
  Planned plan(DeclaredManifest manifest) throws InterruptedException {
    return server.manifests().plan(manifest);
  }

  /** The first step, of documents with overlays laid over them. */
  Planned plan(DeclaredManifest manifest, OverlaidDocuments overlaid) throws InterruptedException {
    return server.manifests().plan(manifest, overlaid::over);
  }

  /** Tells that a manifest cannot be used; what was applied of it earlier stays. */
  Verdict unreadable(DeclaredManifest manifest, ManifestException e) {
    return failed(
        manifest,
        Reason.PARSE_MANIFEST_FAILED,
        Reason.PARSE_MANIFEST_FAILED.text(),
        e.getMessage(),
        List.of());
  }

  /**
   * Tells that a manifest is not applied, for the sake of some of its objects.
   *
   * @param refusals why not; at least one
   * @param advice what to do about it, besides what they say
   */
  Verdict refused(DeclaredManifest manifest, List<ObjectOutcome> refusals, String advice) {
    await(manifest, refusals);
    return failed(
        manifest,
        Reason.APPLY_MANIFEST_FAILED,
        refusals.get(0).reason(),
        ManifestReconciler.describe(refusals) + "; " + advice,
        refusals.stream().map(AppliedManifest::problem).toList());
  }

  /** The second step: executes the plan and prunes. */
  AppliedManifest apply(Planned planned, DeleteRules rules) throws InterruptedException {
    ApplyResult result = server.manifests().apply(planned, rules);
    await(planned.manifest(), result.problems());
    if (!result.complete()) {
      server
          .manifests()
          .recordFailure(
              planned.manifest(),
              Reason.APPLY_MANIFEST_FAILED,
              ManifestReconciler.describe(result.problems()));
    }
    DeclaredManifest manifest = planned.manifest();
    MemberHealth health = health(manifest);
    return new AppliedManifest(
        manifest,
        result,
        health,
        server.diagnosis().examine(manifest.membership().applySetId(), health.unhealthy()),
        server.manifests().contested(manifest));
  }

  /** The third step: where these manifests, which belong together, stand. */
  Verdict judge(AppliedManifests applied) {
    return applied
        .obstacle()
        .or(() -> applied.health().verdict(applied.causes()))
        .orElseGet(() -> Verdict.ready(applied.health().total(), applied.kept()))
        .and(applied.contested().stream().map(AddonProblem::describe).toList());
  }

  /** The last step: has the Addons say how things stand. */
  void tell(AppliedManifests applied, Verdict verdict) {
    AddonCondition readiness =
        new AddonCondition(readiness(verdict.state()), verdict.reason(), verdict.message());
    boolean unhealthy = applied.complete() && verdict.state() == AddonState.FAILED;
    for (AppliedManifest it : applied.all()) {
      server.manifests().recordContested(it.manifest(), it.contested());
      if (unhealthy) {
        server.manifests().recordUnhealthy(it.manifest(), verdict.message());
      }
      writeStatus(
          it.manifest(),
          it.health(),
          it.condition(),
          readiness,
          Map.of(),
          it.problems(server.manifests()::locationOf));
    }
  }

  /** How long from now to look again though nothing has changed; empty if there is no need to. */
  Optional<Duration> nextLook(DeclaredManifest manifest) {
    return server.drift().nextLook(manifest.name());
  }

  /**
   * Tells that nothing is done about a manifest.
   *
   * @param event told once
   * @param reason one CamelCase word
   */
  Verdict failed(DeclaredManifest manifest, Reason event, String reason, String message) {
    return failed(manifest, event, reason, message, List.of());
  }

  /** Tells that a round has failed as a whole. */
  void failed(DeclaredManifest manifest, String reason, String message) {
    failed(manifest, Reason.APPLY_MANIFEST_FAILED, reason, message);
  }

  /**
   * Tells that a manifest is not applied, since its add-on has something against it.
   *
   * @param reason one CamelCase word
   */
  void blocked(DeclaredManifest manifest, String reason, String message) {
    server.manifests().recordFailure(manifest, Reason.APPLY_MANIFEST_FAILED, message);
    AddonCondition condition = new AddonCondition(Status.FALSE, reason, message);
    writeStatus(
        manifest,
        health(manifest),
        condition,
        condition,
        Map.of(BLOCKED, new AddonCondition(Status.TRUE, reason, message)),
        List.of());
  }

  /** Has another round come as soon as what stands in the way may have gone. */
  private void await(DeclaredManifest manifest, List<ObjectOutcome> problems) {
    Engine engine = server.engine();
    engine
        .arrivals()
        .await(
            manifest.membership().applySetId(),
            problems.stream()
                .flatMap(it -> it.awaited(engine.discovery()).stream())
                .collect(toUnmodifiableSet()));
  }

  private Verdict failed(
      DeclaredManifest manifest,
      Reason event,
      String reason,
      String message,
      List<AddonProblem> problems) {
    server.manifests().recordFailure(manifest, event, message);
    AddonCondition condition = new AddonCondition(Status.FALSE, reason, message);
    writeStatus(manifest, health(manifest), condition, condition, Map.of(), problems);
    return new Verdict(AddonState.FAILED, reason, message);
  }

  private void writeStatus(
      DeclaredManifest manifest,
      MemberHealth health,
      AddonCondition applied,
      AddonCondition readiness,
      Map<String, AddonCondition> further,
      List<AddonProblem> problems) {
    SortedMap<String, AddonCondition> others =
        new TreeMap<>(server.drift().conditions(manifest.name()));
    others.putAll(server.overlays().conditions(manifest.name()));
    others.putAll(further);
    server
        .differences()
        .of(manifest.addon())
        .ifPresent(it -> server.manifests().recordDifference(manifest, it));
    server
        .addons()
        .writeStatus(
            manifest.name(),
            new AddonStatusView(
                manifest.checksum(),
                health.total(),
                health.ready(),
                server.nodeName(),
                applied,
                readiness,
                server.differences().conditions(manifest.addon(), others),
                problems),
            manifest.claim());
  }

  private MemberHealth health(DeclaredManifest manifest) {
    return MemberHealth.of(server.owned().members(manifest.membership().applySetId()));
  }

  private static Status readiness(AddonState state) {
    return switch (state) {
      case READY -> Status.TRUE;
      case PROGRESSING -> Status.UNKNOWN;
      case FAILED, DISABLED, BLOCKED -> Status.FALSE;
    };
  }
}
