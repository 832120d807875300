package dev.plinth.helm.controller;

import static java.util.stream.Collectors.joining;

import dev.plinth.addon.EventRecorder;
import dev.plinth.config.DriftPolicy;
import dev.plinth.helm.controller.ObjectHealth.State;
import dev.plinth.helm.model.HelmChart;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks after the objects of releases in force: puts right what was changed, judges the rest. */
final class ReleaseCare {

  /** The event that core writes for its own objects too. */
  private static final String REPAIRED = "DriftRepaired";

  private static final String CONTESTED = "DriftContested";
  private static final String DETECTED = "DriftDetected";
  private static final String REFUSED = "RepairRefused";
  private static final String UNTOLD = "NotChecked";

  private final ReleaseWatch watch;
  private final EventRecorder events;

  ReleaseCare(ReleaseWatch watch, EventRecorder events) {
    this.watch = watch;
    this.events = events;
  }

  /**
   * What is to be said of the objects.
   *
   * @param next when to look again though nothing has changed
   */
  record Findings(Verdict ready, Optional<Verdict> drifted, Optional<Duration> next) {}

  Findings look(HelmChart chart, ChartReport before) {
    ResourceID id = ResourceID.fromResource(chart);
    List<ObjectDrift> drift = watch.drift(id);
    RepairOutcome repair = watch.repair(id);
    repair.repairs().ifPresent(it -> events.normal(chart, REPAIRED, it));
    Optional<Verdict> drifted = drifted(drift, repair, watch.notes(id));
    drifted
        .filter(it -> !before.verdict(Verdict.DRIFTED).equals(Optional.of(it)))
        .ifPresent(it -> events.warning(chart, it.reason(), it.message()));
    return new Findings(ready(watch.health(id)), drifted, watch.nextLook(id));
  }

  private static Optional<Verdict> drifted(
      List<ObjectDrift> drift, RepairOutcome repair, List<String> notes) {
    Optional<String> left =
        Optional.of(
                drift.stream()
                    .filter(it -> it.policy() == DriftPolicy.WARN)
                    .map(ObjectDrift::describe)
                    .toList())
            .filter(it -> !it.isEmpty())
            .map(RepairOutcome::list);
    Optional<String> told = Optional.of(notes).filter(it -> !it.isEmpty()).map(RepairOutcome::list);
    String message =
        Stream.of(left, repair.contests(), repair.refusals(), told)
            .flatMap(Optional::stream)
            .collect(joining("; "));
    if (message.isEmpty()) {
      return Optional.empty();
    }
    if (repair.refusals().isPresent()) {
      return Optional.of(Verdict.yes(Verdict.DRIFTED, REFUSED, message));
    } else if (repair.contests().isPresent()) {
      return Optional.of(Verdict.yes(Verdict.DRIFTED, CONTESTED, message));
    } else if (left.isPresent()) {
      return Optional.of(Verdict.yes(Verdict.DRIFTED, DETECTED, message));
    }
    return Optional.of(Verdict.unknown(Verdict.DRIFTED, UNTOLD, message));
  }

  private static Verdict ready(ReleaseHealth health) {
    String count =
        "%d of %d objects are as they should be".formatted(health.current(), health.total());
    if (health.isCurrent()) {
      return Verdict.yes(Verdict.READY, "Healthy", count);
    }
    String message = health.message().isEmpty() ? count : health.message();
    return health.state() == State.UNKNOWN
        ? Verdict.unknown(Verdict.READY, health.reason(), message)
        : Verdict.no(Verdict.READY, health.reason(), message);
  }
}
