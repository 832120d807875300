package dev.plinth.helm.controller;

import static java.util.stream.Collectors.joining;

import dev.plinth.helm.controller.ReleaseLooks.Look;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.values.Owner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tells the users of one chart what becomes of it: in its status, in that of its config, in events.
 * What it returns is when to look again, if not only when something happens.
 */
final class ChartReporter {

  private final ControllerParts parts;
  private final Context<HelmChart> context;
  private final Optional<HelmChartConfig> config;
  private HelmChart chart;

  ChartReporter(
      ControllerParts parts,
      HelmChart chart,
      Optional<HelmChartConfig> config,
      Context<HelmChart> context) {
    this.parts = parts;
    this.chart = chart;
    this.config = config;
    this.context = context;
  }

  /** The chart, with what its status says now. */
  HelmChart chart() {
    return chart;
  }

  ResourceID id() {
    return ResourceID.fromResource(chart);
  }

  /** What is said now, as a base for what is to be said. */
  ChartReport report(ChartWork work) {
    return ChartReport.of(chart).withNotes(work.notes());
  }

  /** Of the chart as it was looked at: what has changed meanwhile is not what is told of. */
  void write(ChartReport report) {
    HelmChart told = new HelmChart();
    told.setMetadata(chart.getMetadata());
    told.setSpec(chart.getSpec());
    told.setStatus(parts.status().write(chart, report, context).getStatus());
    chart = told;
  }

  void tellConfig(ConfigOutcome outcome) {
    config.ifPresent(it -> parts.configs().write(it, outcome));
  }

  void event(String reason, String message) {
    parts.events().normal(chart, reason, message);
  }

  void warning(String reason, String message) {
    parts.events().warning(chart, reason, message);
  }

  /** Follows the objects of a release, if it was read; else it is followed already. */
  void follow(ChartWork work, Look look) {
    look.release()
        .ifPresent(
            it ->
                parts
                    .watch()
                    .follow(
                        id(),
                        it,
                        work.choices().drift().orElse(parts.drift()),
                        work.choices().account()));
  }

  /** A release is there: its objects are looked after, and decide whether the chart is ready. */
  Optional<Duration> released(ChartReport report, ChartWork work) {
    ReleaseCare.Findings findings = parts.care().look(chart, report);
    write(report.with(findings.ready()).withOrWithout(Verdict.DRIFTED, findings.drifted()));
    report
        .release()
        .ifPresent(
            it ->
                tellConfig(
                    new ConfigOutcome.Applied(it.revision(), work.inputs().settings().notes())));
    return findings.next();
  }

  /** Something is wrong with what is asked for; what is in force stays. */
  Optional<Duration> refuse(List<InputProblem> problems) {
    String reason = problems.get(0).reason();
    String message = problems.stream().map(InputProblem::message).collect(joining("; "));
    refuse(reason, message);
    List<InputProblem> ofConfig =
        problems.stream().filter(it -> it.owner() == Owner.HELM_CHART_CONFIG).toList();
    tellConfig(
        ofConfig.isEmpty()
            ? new ConfigOutcome.NotYet(reason, message)
            : new ConfigOutcome.Invalid(
                ofConfig, ChartReport.of(chart).release().map(ReleaseFacts::revision)));
    return Optional.empty();
  }

  /** As above, for a reason of another kind. */
  Optional<Duration> refuse(String reason, String message) {
    ChartReport report =
        ChartVerdicts.failed(ChartReport.of(chart), reason, message).withRetries(Retries.NONE);
    warnIfNew(report, reason, message);
    write(report);
    return Optional.empty();
  }

  /** It is not tried again. */
  Optional<Duration> abandon(ChartReport before, String reason, String message) {
    ChartReport report = ChartVerdicts.failed(before, reason, message);
    warnIfNew(report, reason, message);
    write(report);
    tellConfig(new ConfigOutcome.NotYet(reason, message));
    return Optional.empty();
  }

  private void warnIfNew(ChartReport report, String reason, String message) {
    if (!ChartReport.of(chart).verdict(Verdict.FAILED).equals(report.verdict(Verdict.FAILED))) {
      warning(reason, message);
    }
  }

  /** An attempt has failed before it was known what is asked for. */
  Optional<Duration> fail(String reason, String message) {
    ChartReport before = ChartReport.of(chart);
    Optional<Duration> pause = before.retries().wait(parts.clock().instant());
    if (pause.isPresent() && before.verdict(Verdict.FAILED).equals(failure(reason, message))) {
      return pause; // that has been said, and costs one request to find out
    }
    return fail(before, before.retries(), reason, message, Retries.WITHOUT_END);
  }

  private static Optional<Verdict> failure(String reason, String message) {
    return Optional.of(Verdict.yes(Verdict.FAILED, reason, message));
  }

  /**
   * An attempt has failed.
   *
   * @param limit how often it is repeated
   */
  Optional<Duration> fail(ChartWork work, String reason, String message, int limit) {
    tellConfig(new ConfigOutcome.NotYet(reason, message));
    return fail(report(work).withInputs(work.hash()), retries(work), reason, message, limit);
  }

  private Optional<Duration> fail(
      ChartReport before, Retries retries, String reason, String message, int limit) {
    Retries after = retries.failed(message, parts.clock().instant(), limit);
    warning(reason, message);
    write(ChartVerdicts.failed(before, reason, message).withRetries(after));
    // What is abandoned is said so by the next look, which the write brings about.
    return after.wait(parts.clock().instant());
  }

  /** The failed attempts at what is asked for now. */
  Retries retries(ChartWork work) {
    Recorded recorded = Recorded.of(chart);
    return recorded.isAbout(work.hash()) ? recorded.retries() : Retries.NONE;
  }
}
