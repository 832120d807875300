package dev.plinth.apply;

import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.drift.DriftMemory;
import dev.plinth.health.Health;
import dev.plinth.manifest.ManifestDocument;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Executes change sets: phase after phase, side by side within a phase, and prunes only after
 * everything declared is in place. An object's failure is its own; the others go on.
 */
public final class ApplyEngine {

  /** Reason: the server does not have the kind. */
  static final String KIND_NOT_SERVED = "KindNotServed";

  /** Reason: the server does not tell whether it has the kind. */
  static final String KIND_UNAVAILABLE = "KindUnavailable";

  private static final Duration USABLE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SERVED_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SERVED_PAUSE = Duration.ofMillis(50);
  private static final Duration DELETION_TIMEOUT = Duration.ofSeconds(30);

  private final ChangePlanner planner;
  private final ObjectApplier applier;
  private final OwnedObjects owned;
  private final Concurrently concurrently;

  public ApplyEngine(
      ClusterApi api, ChangePlanner planner, OwnedObjects owned, Concurrently concurrently) {
    this.planner = planner;
    this.applier = new ObjectApplier(api, owned);
    this.owned = owned;
    this.concurrently = concurrently;
  }

  /**
   * Applies everything declared that differs. Prunes nothing: see {@link #prune}.
   *
   * @throws InterruptedException if interrupted; executing the next plan carries on
   */
  public ApplyResult apply(ChangeSet changes) throws InterruptedException {
    Map<Phase, List<Step.Apply>> phases = new TreeMap<>();
    List<ManifestDocument> late = new ArrayList<>();
    List<ObjectOutcome> outcomes = new ArrayList<>();
    for (Step step : changes.steps()) {
      if (step instanceof Step.Await await) {
        late.add(await.document());
      } else {
        place(step, phases, outcomes);
      }
    }
    for (Phase phase : Phase.values()) {
      outcomes.addAll(applyAll(phases.getOrDefault(phase, List.of()), changes));
      if (phase == Phase.DEFINITIONS) {
        awaitServed(late, phases.getOrDefault(phase, List.of()));
        for (ManifestDocument document : late) {
          planLate(document, changes, phases, outcomes);
        }
      }
    }
    return new ApplyResult(outcomes);
  }

  /** Deletes what a completely applied set does not declare any more, by the delete rules. */
  public ApplyResult prune(ChangeSet changes, DeleteRules rules) throws InterruptedException {
    return delete(changes.prune(), rules);
  }

  /**
   * Deletes the members of a set, last phase first, and waits for each phase to be gone.
   *
   * @param members what to delete
   * @param rules what may be deleted
   */
  public ApplyResult delete(List<ObservedObject> members, DeleteRules rules)
      throws InterruptedException {
    Map<Phase, List<ObservedObject>> phases = new TreeMap<>(Comparator.reverseOrder());
    List<ObjectOutcome> outcomes = new ArrayList<>();
    for (ObservedObject member : members) {
      Optional<ObjectOutcome> kept = rules.reasonToKeep(member);
      kept.ifPresentOrElse(
          outcomes::add,
          () ->
              phases.computeIfAbsent(Phase.of(member.kind()), it -> new ArrayList<>()).add(member));
    }
    for (List<ObservedObject> phase : phases.values()) {
      outcomes.addAll(deleteAll(phase));
    }
    return new ApplyResult(outcomes);
  }

  /** One time for all of them: what finalizers hold up must not add up to minutes. */
  private List<ObjectOutcome> deleteAll(List<ObservedObject> objects) throws InterruptedException {
    List<ObjectOutcome> outcomes = new ArrayList<>(concurrently.map(objects, applier::delete));
    long deadline = System.nanoTime() + DELETION_TIMEOUT.toNanos();
    for (int i = 0; i < objects.size(); i++) {
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (outcomes.get(i).action() == Action.DELETED && !applier.awaitGone(objects.get(i), left)) {
        outcomes.set(
            i,
            Outcomes.of(
                objects.get(i),
                Action.FAILED,
                "Terminating",
                "it is being deleted but not gone; see its finalizers",
                true));
      }
    }
    return outcomes;
  }

  private List<ObjectOutcome> applyAll(List<Step.Apply> steps, ChangeSet changes)
      throws InterruptedException {
    List<ObjectOutcome> outcomes =
        new ArrayList<>(concurrently.map(steps, it -> applier.apply(it, changes.membership())));
    for (int i = 0; i < steps.size(); i++) {
      DesiredObject desired = steps.get(i).desired();
      if (outcomes.get(i).action() != Action.FAILED) {
        remember(steps.get(i), changes.drift().memory());
      }
      if (outcomes.get(i).reason().equals(ApplyFailure.NOT_FOUND)) {
        // Perhaps the kind itself went, or the version of it that was known.
        planner.forget(desired.kind());
      }
      if (outcomes.get(i).action() != Action.FAILED && !awaitUsable(desired)) {
        outcomes.set(
            i,
            Outcomes.failed(
                desired, "NotUsable", "applied, but the server has not accepted it so far", true));
      }
    }
    return outcomes;
  }

  private void remember(Step.Apply step, DriftMemory memory) {
    DesiredObject desired = step.desired();
    memory.applied(
        desired.reference(),
        desired.hash(),
        owned
            .find(desired.kind(), desired.namespace(), desired.name())
            .map(desired::uncovered)
            .orElseGet(TreeSet::new));
    step.repairs().ifPresent(memory::repaired);
  }

  /** Namespaces and definitions are waited for: what comes after needs them. */
  private boolean awaitUsable(DesiredObject desired) throws InterruptedException {
    if (desired.phase() != Phase.NAMESPACES && desired.phase() != Phase.DEFINITIONS) {
      return true;
    }
    return owned.await(
        desired.kind(),
        desired.namespace(),
        desired.name(),
        it -> it.filter(now -> now.health().state() == Health.State.CURRENT).isPresent(),
        USABLE_TIMEOUT);
  }

  /** A kind is served a moment after its definition is established; nothing tells when. */
  private void awaitServed(List<ManifestDocument> late, List<Step.Apply> definitions)
      throws InterruptedException {
    long deadline = System.nanoTime() + SERVED_TIMEOUT.toNanos();
    for (ManifestDocument document : late) {
      boolean expected =
          definitions.stream().anyMatch(it -> it.desired().defines(document.reference()));
      while (expected && !planner.isServed(document) && System.nanoTime() < deadline) {
        Thread.sleep(SERVED_PAUSE.toMillis());
      }
    }
  }

  private void planLate(
      ManifestDocument document,
      ChangeSet changes,
      Map<Phase, List<Step.Apply>> phases,
      List<ObjectOutcome> outcomes) {
    try {
      planner
          .planLate(document, changes.membership(), changes.drift())
          .ifPresentOrElse(
              step -> place(step, phases, outcomes),
              () ->
                  outcomes.add(
                      notApplied(
                          document,
                          Action.SKIPPED,
                          KIND_NOT_SERVED,
                          "the server has no kind %s in %s; it is applied once that is defined, by a CustomResourceDefinition or an APIService"
                              .formatted(
                                  document.reference().kind(),
                                  document.reference().apiVersion()))));
    } catch (KubernetesClientException e) {
      outcomes.add(
          notApplied(document, Action.FAILED, "ServerUnavailable", String.valueOf(e.getMessage())));
    }
  }

  /** Puts a step where it is executed, or what it comes to without being executed. */
  private static void place(
      Step step, Map<Phase, List<Step.Apply>> phases, List<ObjectOutcome> outcomes) {
    if (step instanceof Step.Apply apply) {
      phases.computeIfAbsent(apply.desired().phase(), it -> new ArrayList<>()).add(apply);
    } else if (step instanceof Step.Refuse refuse) {
      outcomes.add(Outcomes.failed(refuse.desired(), refuse.reason(), refuse.message(), false));
    } else if (step instanceof Step.Leave leave) {
      outcomes.add(Outcomes.done(leave.desired(), Action.UNCHANGED));
    } else if (step instanceof Step.Tolerate tolerate) {
      outcomes.add(Outcomes.done(tolerate.desired(), Action.UNCHANGED));
    } else if (step instanceof Step.Fail fail) {
      outcomes.add(fail.outcome());
    }
  }

  private static ObjectOutcome notApplied(
      ManifestDocument document, Action action, String reason, String message) {
    return new ObjectOutcome(
        document.reference(), Optional.of(document.location()), action, reason, message, true);
  }
}
