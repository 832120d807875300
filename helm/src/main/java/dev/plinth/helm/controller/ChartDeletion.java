package dev.plinth.helm.controller;

import dev.plinth.addon.EventRecorder;
import dev.plinth.helm.engine.ApplyRequest;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.model.GoDuration;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Uninstalls the release of a chart that is deleted, and lets the chart go when the release is
 * gone. What the chart refers to is not needed for it.
 */
final class ChartDeletion {

  private final ReleaseLooks looks;
  private final ReleaseOperations operations;
  private final ChartStatusWriter status;
  private final EventRecorder events;
  private final BooleanSupplier closing;
  private final InstantSource clock;

  /**
   * @param closing whether an engine that refuses does so because the server closes
   */
  ChartDeletion(
      ReleaseLooks looks,
      ReleaseOperations operations,
      ChartStatusWriter status,
      EventRecorder events,
      BooleanSupplier closing,
      InstantSource clock) {
    this.looks = looks;
    this.operations = operations;
    this.status = status;
    this.events = events;
    this.closing = closing;
    this.clock = clock;
  }

  /**
   * Takes one step.
   *
   * @return when to look again, if not only when something happens
   */
  Optional<Duration> advance(HelmChart chart, Context<HelmChart> context)
      throws InterruptedException {
    ChartChoices choices = ChartChoices.of(chart);
    Optional<ReleaseTarget> target = ReleaseRights.target(chart, choices);
    if (target.isEmpty()) {
      ChartClaims.release(context); // a name that no release can have
      return Optional.empty();
    }
    Recorded recorded = Recorded.of(chart);
    Optional<Revision> found = looks.read(ResourceID.fromResource(chart), target.get()).revision();
    if (found.isEmpty()) {
      ChartClaims.release(context);
      return Optional.empty();
    }
    boolean begun = isBegun(chart);
    Optional<Duration> wait = begun ? recorded.retries().wait(clock.instant()) : Optional.empty();
    return wait.isPresent() ? wait : uninstall(chart, target.get(), choices, begun, context);
  }

  private Optional<Duration> uninstall(
      HelmChart chart,
      ReleaseTarget target,
      ChartChoices choices,
      boolean begun,
      Context<HelmChart> context)
      throws InterruptedException {
    ChartReport before = ChartReport.of(chart);
    Retries retries = begun ? before.retries() : Retries.NONE;
    HelmChart marked =
        status.write(
            chart,
            ChartVerdicts.operating(
                before.withRetries(retries), Operation.UNINSTALL, "release " + target),
            context);
    OperationResult result = operations.uninstall(target, choices, timeout(chart), begun);
    if (result instanceof OperationResult.Failed failed) {
      if (closing.getAsBoolean() && failed.reason().equals(ReleaseOperations.REFUSED)) {
        return Optional.empty(); // it has not begun, and the next start begins it
      }
      Retries after = retries.failed(failed.message(), clock.instant(), Retries.WITHOUT_END);
      status.write(
          marked,
          ChartVerdicts.failed(
              ChartReport.of(marked).withRetries(after),
              Operation.UNINSTALL.failure(),
              failed.message()),
          context);
      events.warning(chart, Operation.UNINSTALL.failure(), failed.message());
      return after.wait(clock.instant());
    }
    events.normal(chart, Operation.UNINSTALL.success(), "release " + target);
    ChartClaims.release(context);
    return Optional.empty();
  }

  /** Lets a chart go that nobody takes care of; its release stays. */
  void letGo(HelmChart chart, String why, Context<HelmChart> context) {
    if (chart.hasFinalizer(HelmApi.FINALIZER)) {
      events.normal(chart, "ReleaseKept", "the HelmChart is deleted, its release is not: " + why);
      ChartClaims.release(context);
    }
  }

  private static boolean isBegun(HelmChart chart) {
    return ChartStatusWriter.reason(chart, Verdict.RELEASED)
        .filter(
            it ->
                it.equals(Operation.UNINSTALL.progress())
                    || it.equals(Operation.UNINSTALL.failure()))
        .isPresent();
  }

  private static Duration timeout(HelmChart chart) {
    return Optional.ofNullable(chart.getSpec().timeout())
        .flatMap(GoDuration::parse)
        .filter(it -> !it.isZero() && !it.isNegative())
        .orElse(ApplyRequest.DEFAULT_TIMEOUT);
  }
}
