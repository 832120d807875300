package dev.plinth.helm.controller;

import dev.plinth.helm.controller.ChartPreparation.Preparation;
import dev.plinth.helm.controller.OperationPlanner.Plan;
import dev.plinth.helm.controller.ReleaseLooks.Look;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.source.FetchedChart;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does for one chart what was decided, and tells of it. */
final class ChartOperation {

  private static final String CHART_UNAVAILABLE = "ChartUnavailable";

  private final ControllerParts parts;
  private final ChartReporter reporter;
  private final ChartWork work;
  private final Look look;

  /**
   * @param look the release as it is stored, read
   */
  ChartOperation(ControllerParts parts, ChartReporter reporter, ChartWork work, Look look) {
    this.parts = parts;
    this.reporter = reporter;
    this.work = work;
    this.look = look;
  }

  /** Marks the release as ours if it is what is wanted, and upgrades it if not. */
  Optional<Duration> takeOver() throws InterruptedException {
    Preparation preparation = parts.preparation().prepare(work.inputs());
    if (!(preparation instanceof Preparation.Prepared prepared)) {
      return unprepared(preparation);
    }
    Release release = look.release().orElseThrow();
    if (!Takeover.isWanted(release, work.inputs(), prepared.chart())) {
      return apply(Operation.UPGRADE, false, prepared.chart());
    }
    boolean foreign = Recorded.of(reporter.chart()).hash().isEmpty();
    parts
        .looks()
        .label(work.target(), release.revision(), Map.of(HelmApi.CONFIG_HASH, work.hash()));
    if (foreign) {
      reporter.event(
          "TakenOver",
          "release %s, revision %d, is as it is wanted"
              .formatted(work.target(), release.revision()));
    }
    reporter.follow(work, look);
    return reporter.released(
        ChartVerdicts.released(reporter.report(work), work.hash(), look.facts()), work);
  }

  Optional<Duration> run(Plan.Run run) throws InterruptedException {
    if (run.operation() == Operation.ROLLBACK) {
      return rollBack(run.mend(), "the upgrade was cut off or has failed");
    }
    Preparation preparation = parts.preparation().prepare(work.inputs());
    return preparation instanceof Preparation.Prepared prepared
        ? apply(run.operation(), run.mend(), prepared.chart())
        : unprepared(preparation);
  }

  private Optional<Duration> unprepared(Preparation preparation) {
    return preparation instanceof Preparation.Refused refused
        ? reporter.refuse(refused.problems())
        : reporter.fail(
            work,
            CHART_UNAVAILABLE,
            ((Preparation.Unavailable) preparation).message(),
            Retries.WITHOUT_END);
  }

  private Optional<Duration> apply(Operation operation, boolean mend, FetchedChart fetched)
      throws InterruptedException {
    begin(operation, "release %s, chart %s".formatted(work.target(), fetched.chart()));
    DefinitionsOutcome definitions =
        parts.definitions().apply(fetched.chart(), look.release(), work.choices().account());
    if (definitions instanceof DefinitionsOutcome.Failed failed) {
      return reporter.fail(
          work,
          failed.reason(),
          failed.message(),
          failed.passing() ? Retries.WITHOUT_END : work.limit());
    }
    OperationResult result =
        atWork(
            () ->
                parts
                    .operations()
                    .apply(
                        operation,
                        mend,
                        new ReleaseOperations.Request(
                            work.target(), work.inputs(), work.choices(), fetched, true)));
    if (result instanceof OperationResult.Done done) {
      return succeeded(operation, done, fetched, definitions.notes());
    }
    OperationResult.Failed failed = (OperationResult.Failed) result;
    if (parts.isClosing() && failed.reason().equals(ReleaseOperations.REFUSED)) {
      return Optional.empty(); // it has not begun, and the next start begins it
    }
    if (operation == Operation.UPGRADE
        && work.choices().rollBack()
        && failed.reason().equals(operation.failure())) {
      reporter.warning(failed.reason(), failed.message());
      return rollBack(false, failed.message());
    }
    return reporter.fail(work, failed.reason(), failed.message(), work.limit());
  }

  private Optional<Duration> succeeded(
      Operation operation,
      OperationResult.Done done,
      FetchedChart fetched,
      List<String> definitions) {
    Look now = Look.at(done.release());
    reporter.follow(work, now);
    ChartReport report =
        ChartVerdicts.withLimits(
            ChartVerdicts.released(reporter.report(work), work.hash(), now.facts()),
            done,
            fetched,
            definitions);
    reporter.event(
        operation.success(),
        "release %s: %s"
            .formatted(
                work.target(), now.facts().map(ChartVerdicts::describe).orElse("no revision")));
    return reporter.released(report, work);
  }

  private Optional<Duration> rollBack(boolean mend, String why) throws InterruptedException {
    Optional<Release> good = ReleaseOperations.lastGood(parts.looks().history(work.target()));
    if (good.isEmpty()) {
      return reporter.fail(work, Operation.UPGRADE.failure(), why, work.limit());
    }
    int revision = good.get().revision();
    begin(Operation.ROLLBACK, "release %s, to revision %d".formatted(work.target(), revision));
    OperationResult result =
        atWork(
            () ->
                parts
                    .operations()
                    .rollBack(work.target(), work.choices(), work.timeout(), mend, good.get()));
    if (result instanceof OperationResult.Failed failed) {
      return reporter.fail(work, failed.reason(), failed.message(), work.limit());
    }
    Look now = Look.at(((OperationResult.Done) result).release());
    reporter.follow(work, now);
    reporter.write(reporter.report(work).withRelease(now.facts()));
    return reporter.fail(
        work,
        Operation.ROLLBACK.success(),
        "rolled back to revision %d: %s".formatted(revision, why),
        work.limit());
  }

  /** Says so before it begins, so that the next process knows whose it was. */
  private void begin(Operation operation, String subject) {
    reporter.write(
        ChartVerdicts.operating(
            reporter.report(work).withRetries(reporter.retries(work)).withInputs(work.hash()),
            operation,
            subject));
  }

  /** What Helm is asked to do. */
  private interface Work {
    OperationResult run() throws InterruptedException;
  }

  private OperationResult atWork(Work helm) throws InterruptedException {
    parts.watch().operating(reporter.id(), true);
    try {
      return helm.run();
    } finally {
      parts.watch().operating(reporter.id(), false);
      parts.looks().forget(reporter.id());
    }
  }
}
