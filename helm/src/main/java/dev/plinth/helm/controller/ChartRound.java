package dev.plinth.helm.controller;

import static java.util.stream.Collectors.joining;

import dev.plinth.helm.controller.ChartPreparation.Preparation;
import dev.plinth.helm.controller.OperationPlanner.Plan;
import dev.plinth.helm.controller.OperationPlanner.Wanted;
import dev.plinth.helm.controller.ReleaseLooks.Look;
import dev.plinth.helm.engine.ApplyRequest;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.release.FailurePolicy;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.helm.source.FetchedChart;
import dev.plinth.helm.values.Owner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One look at one chart that is ours, and what follows from it. */
final class ChartRound {

  private static final String CHART_UNAVAILABLE = "ChartUnavailable";
  private static final int ATTEMPTS = 10;

  /** K3s's limit, for the one policy that does no harm. */
  private static final int ATTEMPTS_OF_RETRY = 1000;

  private final ControllerParts parts;
  private final Context<HelmChart> context;
  private final ResourceID id;
  private HelmChart chart;
  private Optional<HelmChartConfig> config = Optional.empty();

  ChartRound(ControllerParts parts, HelmChart chart, Context<HelmChart> context) {
    this.parts = parts;
    this.chart = chart;
    this.context = context;
    this.id = ResourceID.fromResource(chart);
  }

  /**
   * Brings what the chart and its config ask for into force, or says why it can't.
   *
   * @return when to look again, if not only when something happens
   */
  Optional<Duration> run(Optional<HelmChartConfig> itsConfig) throws InterruptedException {
    config = itsConfig;
    ChartChoices choices = ChartChoices.of(chart);
    Optional<ReleaseTarget> target = ReleaseRights.target(chart, choices);
    List<InputProblem> problems = new ArrayList<>(choices.problems());
    InputsReading reading = parts.inputs().read(chart, config);
    if (reading instanceof InputsReading.Wanting wanting) {
      problems.addAll(wanting.problems());
    }
    if (!problems.isEmpty()) {
      return refuse(problems, target);
    }
    ChartInputs inputs = ((InputsReading.Complete) reading).inputs();
    Work work = new Work(inputs, choices, target.orElseThrow());
    Look look = parts.looks().look(id, work.target());
    Plan plan = plan(work, look);
    if (look.release().isEmpty() && isOnTruthOnly(plan)) {
      look = parts.looks().read(id, work.target());
      plan = plan(work, look);
    }
    return execute(plan, work, look);
  }

  /** What is worked on. */
  private record Work(ChartInputs inputs, ChartChoices choices, ReleaseTarget target) {

    Duration timeout() {
      return inputs.timeout().orElse(ApplyRequest.DEFAULT_TIMEOUT);
    }

    Wanted wanted() {
      return new Wanted(inputs.inputsHash(), inputs.failurePolicy(), choices.rollBack(), timeout());
    }

    int limit() {
      Long limit = inputs.chart().getSpec().backOffLimit();
      if (limit != null) {
        return (int) Math.max(0, Math.min(Retries.WITHOUT_END, limit));
      }
      return inputs.failurePolicy() == FailurePolicy.RETRY ? ATTEMPTS_OF_RETRY : ATTEMPTS;
    }

    List<String> notes() {
      List<String> notes = new ArrayList<>(inputs.notes());
      notes.addAll(choices.notes());
      notes.addAll(FieldsWithoutEffect.of(inputs.chart().getSpec()));
      return notes;
    }
  }

  private Plan plan(Work work, Look look) {
    return OperationPlanner.plan(
        look.revision(),
        work.wanted(),
        Recorded.of(chart),
        () -> ReleaseOperations.lastGood(parts.looks().history(work.target())).isPresent(),
        now());
  }

  /** Whether something follows from it that must not follow from what is known only. */
  private static boolean isOnTruthOnly(Plan plan) {
    return !(plan instanceof Plan.InForce || plan instanceof Plan.Pause);
  }

  private Optional<Duration> execute(Plan plan, Work work, Look look) throws InterruptedException {
    if (plan instanceof Plan.InForce) {
      return inForce(work, look);
    } else if (plan instanceof Plan.LeaveManual) {
      return leaveManual(work, look);
    } else if (plan instanceof Plan.LeaveOperating operating) {
      return leaveOperating(operating, work, look);
    } else if (plan instanceof Plan.Pause pause) {
      return pause(pause.duration(), work);
    } else if (plan instanceof Plan.Abandon abandon) {
      return abandon(abandon, work, look);
    } else if (plan instanceof Plan.TakeOver) {
      return takeOver(work, look);
    }
    return operate((Plan.Run) plan, work, look);
  }

  private Optional<Duration> inForce(Work work, Look look) {
    follow(work, look);
    ChartReport report =
        ChartVerdicts.released(report(work), work.inputs().inputsHash(), look.facts());
    return care(report, work);
  }

  private Optional<Duration> leaveManual(Work work, Look look) {
    if (look.revision().filter(it -> it.status() == ReleaseStatus.DEPLOYED).isEmpty()) {
      parts.watch().forget(id);
    } else {
      follow(work, look);
    }
    ChartReport before = report(work);
    Release release = look.release().orElseThrow();
    ChartReport report =
        ChartVerdicts.manual(
            before, look.facts(), release.status().helmName(), release.description());
    if (!before.verdict(Verdict.MANUAL_CHANGE).equals(report.verdict(Verdict.MANUAL_CHANGE))) {
      parts
          .events()
          .warning(
              chart,
              Verdict.MANUAL_CHANGE,
              report.verdict(Verdict.MANUAL_CHANGE).orElseThrow().message());
    }
    return care(report, work);
  }

  private Optional<Duration> leaveOperating(Plan.LeaveOperating plan, Work work, Look look) {
    String message =
        "release %s is %s; if nobody is at work on it, it is mended in %d s"
            .formatted(
                work.target(),
                look.revision().orElseThrow().status().helmName(),
                plan.pause().toSeconds());
    write(
        report(work)
            .with(
                Verdict.unknown(Verdict.READY, "OperationOfOther", message),
                Verdict.unknown(Verdict.RELEASED, "OperationOfOther", message)));
    return Optional.of(plan.pause());
  }

  private Optional<Duration> pause(Duration wait, Work work) {
    ChartReport before = report(work);
    String error = before.retries().error().orElse("");
    String reason =
        before
            .verdict(Verdict.FAILED)
            .filter(Verdict::isTrue)
            .map(Verdict::reason)
            .orElse("Failed");
    write(ChartVerdicts.failed(before, reason, error));
    tellConfig(new ConfigOutcome.NotYet(reason, error));
    return Optional.of(wait);
  }

  private Optional<Duration> abandon(Plan.Abandon plan, Work work, Look look)
      throws InterruptedException {
    if (plan.mend()) {
      parts.operations().mend(work.target(), work.choices());
    }
    parts.watch().forget(id);
    ChartReport before = report(work).withRelease(look.facts());
    String last =
        before
            .retries()
            .error()
            .or(() -> look.release().map(Release::description))
            .orElse("the release is not deployed");
    String message =
        plan.reason().equals(OperationPlanner.ABORTED)
            ? "left as it is, as the policy abort says, until the HelmChart changes: " + last
            : "%d attempts have failed, which is the limit: %s"
                .formatted(before.retries().failures(), last);
    ChartReport report =
        ChartVerdicts.failed(before, plan.reason(), message).withInputs(work.inputs().inputsHash());
    if (!before.verdict(Verdict.FAILED).equals(report.verdict(Verdict.FAILED))) {
      parts.events().warning(chart, plan.reason(), message);
    }
    write(report);
    tellConfig(new ConfigOutcome.NotYet(plan.reason(), message));
    return Optional.empty();
  }

  private Optional<Duration> takeOver(Work work, Look look) throws InterruptedException {
    Preparation preparation = parts.preparation().prepare(work.inputs());
    if (!(preparation instanceof Preparation.Prepared prepared)) {
      return unprepared(preparation, work);
    }
    Release release = look.release().orElseThrow();
    if (!Takeover.isWanted(release, work.inputs(), prepared.chart())) {
      return operate(Operation.UPGRADE, false, work, look, prepared.chart());
    }
    boolean foreign = Recorded.of(chart).hash().isEmpty();
    parts
        .looks()
        .label(
            work.target(),
            release.revision(),
            Map.of(HelmApi.CONFIG_HASH, work.inputs().inputsHash()));
    if (foreign) {
      parts
          .events()
          .normal(
              chart,
              "TakenOver",
              "release %s, revision %d, is as it is wanted"
                  .formatted(work.target(), release.revision()));
    }
    return inForce(work, look);
  }

  private Optional<Duration> operate(Plan.Run run, Work work, Look look)
      throws InterruptedException {
    if (run.operation() == Operation.ROLLBACK) {
      return rollBack(run.mend(), work, "its upgrade was cut off or has failed");
    }
    Preparation preparation = parts.preparation().prepare(work.inputs());
    return preparation instanceof Preparation.Prepared prepared
        ? operate(run.operation(), run.mend(), work, look, prepared.chart())
        : unprepared(preparation, work);
  }

  private Optional<Duration> unprepared(Preparation preparation, Work work) {
    if (preparation instanceof Preparation.Refused refused) {
      return refuse(refused.problems(), Optional.of(work.target()));
    }
    return fail(
        work,
        retries(work),
        CHART_UNAVAILABLE,
        ((Preparation.Unavailable) preparation).message(),
        Retries.WITHOUT_END);
  }

  private Optional<Duration> operate(
      Operation operation, boolean mend, Work work, Look look, FetchedChart fetched)
      throws InterruptedException {
    Retries retries = retries(work);
    String subject = "release %s, chart %s".formatted(work.target(), fetched.chart());
    begin(operation, subject, retries, work);
    DefinitionsOutcome definitions =
        parts.definitions().apply(fetched.chart(), look.release(), work.choices().account());
    if (definitions instanceof DefinitionsOutcome.Failed failed) {
      return fail(
          work,
          retries,
          failed.reason(),
          failed.message(),
          failed.passing() ? Retries.WITHOUT_END : work.limit());
    }
    parts.watch().operating(id, true);
    OperationResult result;
    try {
      result =
          parts
              .operations()
              .apply(
                  operation,
                  mend,
                  new ReleaseOperations.Request(
                      work.target(), work.inputs(), work.choices(), fetched, true));
    } finally {
      parts.watch().operating(id, false);
    }
    if (result instanceof OperationResult.Done done) {
      return succeeded(operation, done, work, fetched, definitions.notes());
    }
    OperationResult.Failed failed = (OperationResult.Failed) result;
    if (operation == Operation.UPGRADE
        && work.choices().rollBack()
        && failed.reason().equals(operation.failure())) {
      parts.events().warning(chart, failed.reason(), failed.message());
      return rollBack(false, work, failed.message());
    }
    return fail(work, retries, failed.reason(), failed.message(), work.limit());
  }

  private void begin(Operation operation, String subject, Retries retries, Work work) {
    write(
        ChartVerdicts.operating(
            report(work).withRetries(retries).withInputs(work.inputs().inputsHash()),
            operation,
            subject));
  }

  private Optional<Duration> succeeded(
      Operation operation,
      OperationResult.Done done,
      Work work,
      FetchedChart fetched,
      List<String> definitions) {
    Look look = Look.at(done.release());
    parts.looks().forget(id);
    follow(work, look);
    ChartReport report =
        ChartVerdicts.withLimits(
            ChartVerdicts.released(report(work), work.inputs().inputsHash(), look.facts()),
            done,
            fetched,
            definitions);
    parts
        .events()
        .normal(
            chart,
            operation.success(),
            "release %s: %s"
                .formatted(
                    work.target(),
                    look.facts().map(ChartVerdicts::describe).orElse("no revision")));
    return care(report, work);
  }

  private Optional<Duration> rollBack(boolean mend, Work work, String why)
      throws InterruptedException {
    Retries retries = retries(work);
    Optional<Release> good = ReleaseOperations.lastGood(parts.looks().history(work.target()));
    if (good.isEmpty()) {
      return fail(work, retries, Operation.UPGRADE.failure(), why, work.limit());
    }
    begin(
        Operation.ROLLBACK,
        "release %s, to revision %d".formatted(work.target(), good.get().revision()),
        retries,
        work);
    parts.watch().operating(id, true);
    OperationResult result;
    try {
      result =
          parts
              .operations()
              .rollBack(work.target(), work.choices(), work.timeout(), mend, good.get());
    } finally {
      parts.watch().operating(id, false);
      parts.looks().forget(id);
    }
    if (result instanceof OperationResult.Failed failed) {
      return fail(work, retries, failed.reason(), failed.message(), work.limit());
    }
    Look look = Look.at(((OperationResult.Done) result).release());
    follow(work, look);
    parts
        .events()
        .normal(
            chart,
            Operation.ROLLBACK.success(),
            "release %s, to revision %d".formatted(work.target(), good.get().revision()));
    chart = write(report(work).withRelease(look.facts()));
    return fail(
        work,
        retries,
        Operation.ROLLBACK.success(),
        "rolled back to revision %d: %s".formatted(good.get().revision(), why),
        work.limit());
  }

  /** Says that something is wrong with what is asked for; what is in force stays. */
  private Optional<Duration> refuse(List<InputProblem> problems, Optional<ReleaseTarget> target) {
    String message = problems.stream().map(InputProblem::message).collect(joining("; "));
    Optional<Duration> again = refuse(problems.get(0).reason(), message);
    List<InputProblem> ofConfig =
        problems.stream().filter(it -> it.owner() == Owner.HELM_CHART_CONFIG).toList();
    tellConfig(
        ofConfig.isEmpty()
            ? new ConfigOutcome.NotYet(problems.get(0).reason(), message)
            : new ConfigOutcome.Invalid(
                ofConfig, ChartReport.of(chart).release().map(ReleaseFacts::revision)));
    return again;
  }

  /** As above, for a reason of another kind. */
  Optional<Duration> refuse(String reason, String message) {
    ChartReport before = ChartReport.of(chart);
    ChartReport report = ChartVerdicts.failed(before, reason, message).withRetries(Retries.NONE);
    if (!before.verdict(Verdict.FAILED).equals(report.verdict(Verdict.FAILED))) {
      parts.events().warning(chart, reason, message);
    }
    write(report);
    return Optional.empty();
  }

  /** An attempt has failed before it was known what is asked for. */
  Optional<Duration> fail(String reason, String message, int limit) {
    ChartReport before = ChartReport.of(chart);
    return fail(before, before.retries(), reason, message, limit);
  }

  private Optional<Duration> fail(
      Work work, Retries retries, String reason, String message, int limit) {
    tellConfig(new ConfigOutcome.NotYet(reason, message));
    return fail(
        report(work).withInputs(work.inputs().inputsHash()), retries, reason, message, limit);
  }

  private Optional<Duration> fail(
      ChartReport before, Retries retries, String reason, String message, int limit) {
    Retries after = retries.failed(message, now(), limit);
    ChartReport report = ChartVerdicts.failed(before, reason, message).withRetries(after);
    parts.events().warning(chart, reason, message);
    write(report);
    // What is abandoned for good is said so by the next look, which the write brings about.
    return after.wait(now());
  }

  /** The failed attempts at the same; what failed to be fetched cost nothing. */
  private Retries retries(Work work) {
    Recorded recorded = Recorded.of(chart);
    return recorded.isAbout(work.inputs().inputsHash()) ? recorded.retries() : Retries.NONE;
  }

  private Optional<Duration> care(ChartReport report, Work work) {
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

  private void follow(Work work, Look look) {
    look.release()
        .ifPresent(
            it ->
                parts
                    .watch()
                    .follow(
                        id,
                        it,
                        work.choices().drift().orElse(parts.drift()),
                        work.choices().account()));
  }

  private ChartReport report(Work work) {
    return ChartReport.of(chart).withNotes(work.notes());
  }

  private HelmChart write(ChartReport report) {
    chart = parts.status().write(chart, report, context);
    return chart;
  }

  private void tellConfig(ConfigOutcome outcome) {
    config.ifPresent(it -> parts.configs().write(it, outcome));
  }

  private Instant now() {
    return parts.clock().instant();
  }
}
