package dev.plinth.helm.controller;

import static java.util.stream.Collectors.joining;

import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.helm.controller.ChartPreparation.Preparation;
import dev.plinth.helm.controller.OperationPlanner.Plan;
import dev.plinth.helm.controller.OperationPlanner.Wanted;
import dev.plinth.helm.controller.PlannedCharts.ChartChange;
import dev.plinth.helm.engine.ApplyRequest;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.engine.ReleaseValues;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.UnreadableReleaseException;
import dev.plinth.helm.source.FetchedChart;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans what would be done for one chart, as the reconciler would decide it. */
final class ChartPlanner {

  private final InputsReader inputsNow;
  private final InputsReader inputsThen;
  private final ReleaseRights rights;
  private final ChartPreparation preparation;
  private final ReleasePreview preview;
  private final InstantSource clock;

  /**
   * @param inputsNow reads what the cluster has now
   * @param inputsThen reads what it would have after the plan
   */
  ChartPlanner(
      InputsReader inputsNow,
      InputsReader inputsThen,
      ReleaseRights rights,
      ChartPreparation preparation,
      ReleasePreview preview,
      InstantSource clock) {
    this.inputsNow = inputsNow;
    this.inputsThen = inputsThen;
    this.rights = rights;
    this.preparation = preparation;
    this.preview = preview;
    this.clock = clock;
  }

  /** What would be done for a chart. What can not be told is a failure of the chart. */
  List<ObjectPreview> plan(ChartChange change) throws InterruptedException {
    try {
      return change.then().isPresent()
          ? planWanted(change, change.then().get())
          : planRemoval(change.now());
    } catch (KubernetesClientException e) {
      return List.of(failure(change, ObjectWatch.message(e)));
    } catch (UnreadableReleaseException e) {
      return List.of(failure(change, e.getMessage()));
    }
  }

  private List<ObjectPreview> planRemoval(Optional<HelmChart> chart) {
    return chart
        .filter(it -> it.hasFinalizer(HelmApi.FINALIZER))
        .filter(ChartPlanner::isOurs)
        .flatMap(it -> ReleaseRights.target(it, ChartChoices.of(it)))
        .flatMap(it -> rights.storage(it).latest(it.name()))
        .map(preview::uninstall)
        .orElse(List.of());
  }

  private List<ObjectPreview> planWanted(ChartChange change, HelmChart chart)
      throws InterruptedException {
    if (!isOurs(chart) || chart.isMarkedForDeletion()) {
      return List.of();
    }
    ChartChoices choices = ChartChoices.of(chart);
    List<InputProblem> problems = new ArrayList<>(choices.problems());
    InputsReading reading = inputsThen.read(chart, change.configThen());
    if (reading instanceof InputsReading.Wanting wanting) {
      problems.addAll(wanting.problems());
    }
    if (!problems.isEmpty()) {
      return List.of(failure(change, text(problems)));
    }
    ChartInputs inputs = ((InputsReading.Complete) reading).inputs();
    ReleaseTarget target = ReleaseRights.target(chart, choices).orElseThrow();
    Optional<Release> release = rights.storage(target).latest(target.name());
    Plan plan = decide(inputs, choices, target, release);
    if (!(plan instanceof Plan.Run || plan instanceof Plan.TakeOver)) {
      return List.of();
    }
    Preparation prepared = preparation.prepare(inputs);
    if (prepared instanceof Preparation.Unavailable unavailable) {
      return List.of(failure(change, unavailable.message()));
    } else if (prepared instanceof Preparation.Refused refused) {
      return List.of(failure(change, text(refused.problems())));
    }
    FetchedChart fetched = ((Preparation.Prepared) prepared).chart();
    if (plan instanceof Plan.TakeOver
        && Takeover.isWanted(release.orElseThrow(), inputs, fetched)) {
      return List.of();
    }
    Operation operation = plan instanceof Plan.Run run ? run.operation() : Operation.UPGRADE;
    return preview.operation(
        new ReleasePreview.Request(operation, inputs, choices, target, fetched),
        release,
        release.map(it -> valuesInForce(it, change)));
  }

  private Plan decide(
      ChartInputs inputs, ChartChoices choices, ReleaseTarget target, Optional<Release> release) {
    return OperationPlanner.plan(
        release.map(Revision::of),
        new Wanted(
            inputs.inputsHash(),
            inputs.failurePolicy(),
            choices.rollBack(),
            inputs.timeout().orElse(ApplyRequest.DEFAULT_TIMEOUT)),
        Recorded.of(inputs.chart()),
        () -> ReleaseOperations.lastGood(rights.storage(target).history(target.name())).isPresent(),
        clock.instant());
  }

  /**
   * The values of the release, with what is secret among them. Which are, only the objects can tell
   * that it was made of; if they can not, all are.
   */
  private ReleaseValues valuesInForce(Release release, ChartChange change) {
    return change
        .now()
        .map(it -> inputsNow.read(it, change.configNow()))
        .filter(InputsReading.Complete.class::isInstance)
        .map(it -> ((InputsReading.Complete) it).inputs().userValues().secrets())
        .map(secrets -> new ReleaseValues(release.values(), secrets))
        .orElseGet(() -> ReleaseValues.of(release.values()));
  }

  private static boolean isOurs(HelmChart chart) {
    return ChartScope.of(chart) instanceof ChartScope.Ours;
  }

  private static ObjectPreview failure(ChartChange change, String message) {
    HelmChart chart = change.then().or(change::now).orElseThrow();
    return new ObjectPreview(
        new ObjectReference(
            HelmApi.GROUP + "/" + HelmApi.VERSION,
            "HelmChart",
            chart.getMetadata().getNamespace(),
            chart.getMetadata().getName()),
        Change.FAIL,
        false,
        List.of(),
        message);
  }

  private static String text(List<InputProblem> problems) {
    return problems.stream().map(InputProblem::message).collect(joining("; "));
  }
}
