package dev.plinth.helm.controller;

import static java.util.stream.Collectors.joining;

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

  private final ReleaseWatch watch;
  private final ChartEvents events;

  ReleaseCare(ReleaseWatch watch, ChartEvents events) {
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
    RepairOutcome repair = drift.isEmpty() ? RepairOutcome.nothing() : watch.repair(id);
    repair.repairs().ifPresent(it -> events.normal(chart, REPAIRED, it));
    Optional<Verdict> drifted = drifted(drift, repair);
    drifted
        .filter(it -> !before.verdict(Verdict.DRIFTED).equals(Optional.of(it)))
        .ifPresent(it -> events.warning(chart, it.reason(), it.message()));
    return new Findings(ready(watch.health(id)), drifted, repair.nextLook());
  }

  private static Optional<Verdict> drifted(List<ObjectDrift> drift, RepairOutcome repair) {
    List<String> left =
        drift.stream()
            .filter(it -> it.policy() == DriftPolicy.WARN)
            .map(ObjectDrift::describe)
            .toList();
    String message =
        Stream.of(
                left.isEmpty() ? Optional.<String>empty() : Optional.of(RepairOutcome.list(left)),
                repair.contests(),
                repair.refusals())
            .flatMap(Optional::stream)
            .collect(joining("; "));
    if (message.isEmpty()) {
      return Optional.empty();
    }
    String reason =
        repair.refusals().isPresent()
            ? REFUSED
            : repair.contests().isPresent() ? CONTESTED : DETECTED;
    return Optional.of(Verdict.yes(Verdict.DRIFTED, reason, message));
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
