package dev.plinth.helm.controller;

import static java.util.stream.Collectors.joining;

import dev.plinth.helm.controller.OperationResult.Done;
import dev.plinth.helm.engine.EngineLimit;
import dev.plinth.helm.source.FetchedChart;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The words of conditions. */
final class ChartVerdicts {

  private static final String SUCCEEDED = "Succeeded";

  private ChartVerdicts() {}

  static ChartReport leftAlone(ChartReport before, String reason, String message) {
    return new ChartReport(
        before.release(),
        Optional.empty(),
        Retries.NONE,
        List.of(),
        Map.of(Verdict.READY, Verdict.unknown(Verdict.READY, reason, message)));
  }

  static ChartReport operating(ChartReport before, Operation operation, String subject) {
    return before.with(
        Verdict.unknown(Verdict.READY, operation.progress(), subject),
        Verdict.unknown(Verdict.RELEASED, operation.progress(), subject));
  }

  /** Something is wrong, or has failed; what is in force stays. */
  static ChartReport failed(ChartReport before, String reason, String message) {
    return before
        .with(
            Verdict.no(Verdict.READY, reason, message),
            Verdict.no(Verdict.RELEASED, reason, message),
            Verdict.yes(Verdict.FAILED, reason, message))
        .without(Verdict.DRIFTED);
  }

  /** What is wanted is in force. */
  static ChartReport released(ChartReport before, String inputs, Optional<ReleaseFacts> facts) {
    String message = facts.map(ChartVerdicts::describe).orElse("");
    return before
        .withInputs(inputs)
        .withRelease(facts)
        .withRetries(Retries.NONE)
        .with(
            Verdict.yes(Verdict.RELEASED, "Deployed", message),
            Verdict.no(Verdict.FAILED, SUCCEEDED, ""))
        .without(Verdict.MANUAL_CHANGE);
  }

  /** Somebody has changed the release. */
  static ChartReport manual(
      ChartReport before, Optional<ReleaseFacts> facts, String status, String description) {
    String message =
        "revision %d (%s: %s) was not made here; it is left alone until what the HelmChart asks for changes"
            .formatted(facts.map(ReleaseFacts::revision).orElse(0L), status, description);
    return before
        .withRelease(facts)
        .with(
            Verdict.yes(Verdict.RELEASED, Verdict.MANUAL_CHANGE, message),
            Verdict.yes(Verdict.MANUAL_CHANGE, "ChangedByOther", message));
  }

  static ChartReport withLimits(
      ChartReport report, Done done, FetchedChart chart, List<String> definitions) {
    return report
        .withOrWithout(
            Verdict.DEFINITIONS_KEPT,
            definitions.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    Verdict.yes(
                        Verdict.DEFINITIONS_KEPT,
                        "ForeignDefinition",
                        RepairOutcome.list(definitions))))
        .withOrWithout(Verdict.ENGINE_LIMITS, limits(done.limits(), done.notes()))
        .withOrWithout(
            Verdict.CHART_OUTDATED,
            chart
                .outdated()
                .map(it -> Verdict.yes(Verdict.CHART_OUTDATED, "SourceUnreachable", it)));
  }

  private static Optional<Verdict> limits(List<EngineLimit> limits, List<String> notes) {
    if (limits.isEmpty() && notes.isEmpty()) {
      return Optional.empty();
    }
    String message =
        Stream.concat(notes.stream(), limits.stream().map(it -> it.field() + ": " + it.message()))
            .collect(joining("; "));
    return Optional.of(
        Verdict.yes(
            Verdict.ENGINE_LIMITS, notes.isEmpty() ? "NotSupported" : "OtherEngine", message));
  }

  static String describe(ReleaseFacts facts) {
    return "revision %d, chart version %s%s"
        .formatted(
            facts.revision(),
            facts.chartVersion(),
            facts.appVersion().map(it -> ", app version " + it).orElse(""));
  }
}
