package dev.plinth.helm.controller;

import dev.plinth.helm.controller.OperationPlanner.Plan;
import dev.plinth.helm.controller.ReleaseLooks.Look;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One look at one chart that is ours: what is asked for, what is there, and what follows. */
final class ChartRound {

  /** At charts that are waited for; costs no request. */
  private static final Duration LOOK_FOR_OTHERS = Duration.ofMillis(250);

  private final ControllerParts parts;
  private final ChartReporter reporter;

  ChartRound(ControllerParts parts, ChartReporter reporter) {
    this.parts = parts;
    this.reporter = reporter;
  }

  /**
   * Brings what the chart and its config ask for into force, or says why it can't.
   *
   * @return when to look again, if not only when something happens
   */
  Optional<Duration> run(Optional<HelmChartConfig> config) throws InterruptedException {
    HelmChart chart = reporter.chart();
    ChartChoices choices = ChartChoices.of(chart);
    Optional<ReleaseTarget> target = ReleaseRights.target(chart, choices);
    List<InputProblem> problems = new ArrayList<>(choices.problems());
    InputsReading reading = parts.inputs().read(chart, config);
    if (reading instanceof InputsReading.Wanting wanting) {
      problems.addAll(wanting.problems());
    }
    if (!problems.isEmpty()) {
      return reporter.refuse(problems);
    }
    ChartInputs inputs = ((InputsReading.Complete) reading).inputs();
    ChartWork work = new ChartWork(inputs, choices, target.orElseThrow());
    Look look = parts.looks().look(reporter.id(), work.target());
    Plan plan = plan(work, look);
    if (look.release().isEmpty() && needsTheTruth(plan)) {
      look = parts.looks().read(reporter.id(), work.target());
      plan = plan(work, look);
    }
    return execute(plan, work, look);
  }

  private Plan plan(ChartWork work, Look look) {
    return OperationPlanner.plan(
        look.revision(),
        work.wanted(),
        Recorded.of(reporter.chart()),
        () -> ReleaseOperations.lastGood(parts.looks().history(work.target())).isPresent(),
        parts.clock().instant());
  }

  /** Whether it must not follow from what was true a moment ago. */
  private static boolean needsTheTruth(Plan plan) {
    return !(plan instanceof Plan.InForce || plan instanceof Plan.Pause);
  }

  private Optional<Duration> execute(Plan plan, ChartWork work, Look look)
      throws InterruptedException {
    if (plan instanceof Plan.InForce) {
      reporter.follow(work, look);
      return reporter.released(
          ChartVerdicts.released(reporter.report(work), work.hash(), look.facts()), work);
    } else if (plan instanceof Plan.LeaveManual) {
      return leaveManual(work, look);
    } else if (plan instanceof Plan.LeaveOperating operating) {
      return leaveOperating(operating.pause(), work, look);
    } else if (plan instanceof Plan.Pause pause) {
      return pause(pause.duration(), work);
    } else if (plan instanceof Plan.Abandon abandon) {
      return abandon(abandon, work, look);
    }
    return plan instanceof Plan.Run run
        ? operate(run, work, look)
        : new ChartOperation(parts, reporter, work, look).takeOver();
  }

  /** A rollback waits for nobody: it brings back what was there. */
  private Optional<Duration> operate(Plan.Run run, ChartWork work, Look look)
      throws InterruptedException {
    Optional<String> awaited =
        run.operation() == Operation.ROLLBACK
            ? Optional.empty()
            : ChartOrder.awaited(reporter.chart(), parts.records()::chart);
    if (awaited.isPresent()) {
      reporter.write(
          reporter
              .report(work)
              .with(Verdict.unknown(Verdict.READY, "WaitsForChart", awaited.get())));
      return Optional.of(LOOK_FOR_OTHERS);
    }
    return new ChartOperation(parts, reporter, work, look).run(run);
  }

  private Optional<Duration> leaveManual(ChartWork work, Look look) {
    if (look.revision().filter(it -> it.status() == ReleaseStatus.DEPLOYED).isEmpty()) {
      parts.watch().forget(reporter.id());
    } else {
      reporter.follow(work, look);
    }
    ChartReport before = reporter.report(work);
    Release release = look.release().orElseThrow();
    ChartReport report =
        ChartVerdicts.manual(
            before, look.facts(), release.status().helmName(), release.description());
    Optional<Verdict> verdict = report.verdict(Verdict.MANUAL_CHANGE);
    if (!before.verdict(Verdict.MANUAL_CHANGE).equals(verdict)) {
      reporter.warning(Verdict.MANUAL_CHANGE, verdict.orElseThrow().message());
    }
    return reporter.released(report, work);
  }

  /** Whether it is released is said again when the operation has ended. */
  private Optional<Duration> leaveOperating(Duration pause, ChartWork work, Look look) {
    String message =
        "release %s is %s; if nobody is at work on it, it is mended in %d s"
            .formatted(
                work.target(),
                look.revision().orElseThrow().status().helmName(),
                pause.toSeconds());
    reporter.write(
        reporter.report(work).with(Verdict.unknown(Verdict.READY, "OperationOfOther", message)));
    return Optional.of(pause);
  }

  private Optional<Duration> pause(Duration pause, ChartWork work) {
    ChartReport before = reporter.report(work);
    String error = before.retries().error().orElse("");
    String reason =
        before
            .verdict(Verdict.FAILED)
            .filter(Verdict::isTrue)
            .map(Verdict::reason)
            .orElse(Verdict.FAILED);
    reporter.write(ChartVerdicts.failed(before, reason, error));
    reporter.tellConfig(new ConfigOutcome.NotYet(reason, error));
    return Optional.of(pause);
  }

  private Optional<Duration> abandon(Plan.Abandon plan, ChartWork work, Look look)
      throws InterruptedException {
    if (plan.mend()) {
      parts.operations().mend(work.target(), work.choices());
    }
    ChartReport before = reporter.report(work).withRelease(look.facts()).withInputs(work.hash());
    String last =
        before
            .retries()
            .error()
            .or(() -> look.release().map(Release::description))
            .orElse("the release is not deployed");
    String message =
        plan.reason().equals(OperationPlanner.ABORTED)
            ? "left as it is, as the policy abort says, until the HelmChart changes: " + last
            : "%d attempts have failed, and no more are made until the HelmChart changes: %s"
                .formatted(before.retries().failures(), last);
    return reporter.abandon(before, plan.reason(), message);
  }
}
