package dev.plinth.helm.controller;

import dev.plinth.helm.engine.ApplyRequest;
import dev.plinth.helm.engine.EngineChoice;
import dev.plinth.helm.engine.EngineKind;
import dev.plinth.helm.engine.HelmEngine;
import dev.plinth.helm.engine.HelmEngines;
import dev.plinth.helm.engine.Outcome;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.engine.ReleaseValues;
import dev.plinth.helm.engine.RollbackRequest;
import dev.plinth.helm.engine.ServerSide;
import dev.plinth.helm.engine.UninstallRequest;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.helm.source.FetchedChart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Runs Helm for charts. Blocks until Helm has ended. */
final class ReleaseOperations {

  /** Reason where there is nothing to run Helm with. */
  static final String NO_ENGINE = "NoEngine";

  /** Reason where an engine can not do what is asked for. */
  static final String REFUSED = "Refused";

  private final HelmEngines engines;
  private final EngineKind standard;
  private final RunningOperations changes;
  private final RunningOperations removals;

  /**
   * @param engines closed by somebody else
   * @param standard the engine of charts that name none
   * @param changes bounds installations and upgrades
   * @param removals bounds uninstallations, which may wait for long for somebody else's finalizer
   */
  ReleaseOperations(
      HelmEngines engines,
      EngineKind standard,
      RunningOperations changes,
      RunningOperations removals) {
    this.engines = engines;
    this.standard = standard;
    this.changes = changes;
    this.removals = removals;
  }

  /** What an installation or an upgrade is made of. */
  record Request(
      ReleaseTarget target,
      ChartInputs inputs,
      ChartChoices choices,
      FetchedChart chart,
      boolean skipCrds) {

    Duration timeout() {
      return inputs.timeout().orElse(ApplyRequest.DEFAULT_TIMEOUT);
    }
  }

  /**
   * Installs, upgrades, or both after an uninstallation.
   *
   * @param mend whether the last revision has to be marked as failed first
   */
  OperationResult apply(Operation operation, boolean mend, Request request)
      throws InterruptedException {
    Duration timeout =
        operation == Operation.REINSTALL ? request.timeout().multipliedBy(2) : request.timeout();
    return withEngine(
        changes,
        request.choices(),
        request.target(),
        timeout,
        engine -> {
          if (mend) {
            engine.recover(request.target());
          }
          if (operation == Operation.REINSTALL) {
            Outcome removal = engine.uninstall(removal(engine, request));
            if (!removal.isDone()) {
              return result(Operation.UNINSTALL, removal, List.of());
            }
          }
          ApplyRequest apply = applyRequest(request);
          Outcome outcome =
              operation == Operation.UPGRADE ? engine.upgrade(apply) : engine.install(apply);
          return result(operation, outcome, List.of());
        });
  }

  /** Of what somebody has uninstalled, the record is left, and nobody knows what else there is. */
  private static UninstallRequest removal(HelmEngine engine, Request request) {
    boolean recordOnly =
        engine
            .status(request.target())
            .filter(it -> it.status() == ReleaseStatus.UNINSTALLED)
            .isPresent();
    return new UninstallRequest(request.target(), request.timeout(), false, !recordOnly);
  }

  private static ApplyRequest applyRequest(Request request) {
    ChartInputs inputs = request.inputs();
    return ApplyRequest.of(request.target(), request.chart().file())
        .values(ReleaseValues.of(inputs.userValues()))
        .timeout(request.timeout())
        .createNamespace(inputs.chart().getSpec().createNamespace())
        .takeOwnership(inputs.chart().getSpec().takeOwnership())
        .serverSide(ServerSide.valueOf(inputs.settings().serverSide().toUpperCase(Locale.ROOT)))
        .forceConflicts(inputs.settings().forceConflicts())
        .skipCrds(request.skipCrds())
        .labels(Map.of(HelmApi.CONFIG_HASH, inputs.inputsHash()))
        .build();
  }

  /**
   * Goes back to the last revision that was deployed.
   *
   * @param mend whether the last revision has to be marked as failed first
   */
  OperationResult rollBack(
      ReleaseTarget target, ChartChoices choices, Duration timeout, boolean mend, Release good)
      throws InterruptedException {
    return withEngine(
        changes,
        choices,
        target,
        timeout,
        engine -> {
          if (mend) {
            engine.recover(target);
          }
          // Helm would carry on the mark of the revision that has failed.
          String hash = good.labels().getOrDefault(HelmApi.CONFIG_HASH, "none");
          RollbackRequest request =
              new RollbackRequest(
                  target,
                  good.revision(),
                  timeout,
                  false,
                  Map.of(HelmApi.CONFIG_HASH, hash),
                  ApplyRequest.DEFAULT_HISTORY);
          return result(Operation.ROLLBACK, engine.rollback(request), List.of());
        });
  }

  /**
   * Uninstalls in two steps, so that it is known what has to be gone until it is: first all but the
   * record, then, when nothing of it exists any more, the record too.
   *
   * @param resumed whether the first step may have been taken, and not waited for
   */
  OperationResult uninstall(
      ReleaseTarget target, ChartChoices choices, Duration timeout, boolean resumed)
      throws InterruptedException {
    return withEngine(
        removals,
        choices,
        target,
        timeout.multipliedBy(2),
        engine -> {
          engine.recover(target);
          List<Outcome> outcomes = new ArrayList<>();
          outcomes.add(engine.uninstall(new UninstallRequest(target, timeout, true, true)));
          if (outcomes.get(0).isDone()) {
            outcomes.add(engine.uninstall(new UninstallRequest(target, timeout, false, resumed)));
          }
          Outcome last = outcomes.get(outcomes.size() - 1);
          if (last.isDone() && last.release().isPresent()) {
            return new OperationResult.Failed(
                Operation.UNINSTALL.failure(),
                "Helm says that the release is uninstalled, but it is there: "
                    + last.release().get(),
                last.limits());
          }
          return result(Operation.UNINSTALL, last, List.of());
        });
  }

  /** Marks the last revision as failed, whose operation was cut off. */
  OperationResult mend(ReleaseTarget target, ChartChoices choices) throws InterruptedException {
    return withEngine(
        changes,
        choices,
        target,
        Duration.ofSeconds(1),
        engine -> {
          engine.recover(target);
          return new OperationResult.Done(engine.status(target), List.of(), List.of());
        });
  }

  /** The last revision of a history that a rollback can go to. */
  static Optional<Release> lastGood(List<Release> history) {
    if (history.isEmpty()) {
      return Optional.empty();
    }
    int last = history.get(history.size() - 1).revision();
    return history.stream()
        .filter(it -> it.revision() < last)
        .filter(
            it -> it.status() == ReleaseStatus.SUPERSEDED || it.status() == ReleaseStatus.DEPLOYED)
        .reduce((older, newer) -> newer);
  }

  private OperationResult withEngine(
      RunningOperations running,
      ChartChoices choices,
      ReleaseTarget target,
      Duration timeout,
      Function<HelmEngine, OperationResult> work)
      throws InterruptedException {
    EngineChoice choice = engines.choose(choices.engine().orElse(standard));
    if (choice instanceof EngineChoice.None none) {
      return new OperationResult.Failed(NO_ENGINE, String.join("; ", none.missing()), List.of());
    }
    HelmEngine engine = ((EngineChoice.Chosen) choice).engine();
    try (RunningOperations.Permit permit = running.begin(target, timeout)) {
      OperationResult result = work.apply(engine);
      return choice.missing().isEmpty() || !(result instanceof OperationResult.Done done)
          ? result
          : new OperationResult.Done(
              done.release(),
              done.limits(),
              List.of(
                  "%s; the %s is used"
                      .formatted(String.join("; ", choice.missing()), engine.info())));
    }
  }

  private static OperationResult result(Operation operation, Outcome outcome, List<String> notes) {
    if (outcome instanceof Outcome.Done done) {
      return new OperationResult.Done(done.release(), done.limits(), notes);
    }
    if (outcome instanceof Outcome.Failed failed) {
      return new OperationResult.Failed(operation.failure(), failed.message(), failed.limits());
    }
    return new OperationResult.Failed(REFUSED, ((Outcome.Refused) outcome).message(), List.of());
  }
}
