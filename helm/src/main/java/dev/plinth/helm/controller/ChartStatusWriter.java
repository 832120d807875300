package dev.plinth.helm.controller;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Writes the status of HelmCharts, by server-side apply, and only if it says something else. */
final class ChartStatusWriter {

  private final InstantSource clock;

  ChartStatusWriter(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Writes.
   *
   * @return the chart with the status that it has now
   */
  HelmChart write(HelmChart chart, ChartReport report, Context<HelmChart> context) {
    HelmChartStatus wanted = report.status(chart, clock.instant());
    if (isSaid(wanted, chart.getStatus())) {
      return chart;
    }
    HelmChart declaration = new HelmChart();
    declaration.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(chart.getMetadata().getNamespace())
            .withName(chart.getMetadata().getName())
            .withUid(chart.getMetadata().getUid())
            .build());
    declaration.setSpec(null);
    declaration.setStatus(wanted);
    return context.resourceOperations().serverSideApplyPrimaryStatus(declaration);
  }

  /** Whether a status says all that is wanted, and of our conditions none that is not. */
  private static boolean isSaid(HelmChartStatus wanted, HelmChartStatus found) {
    if (found == null) {
      return false;
    }
    Set<Condition> conditions = new HashSet<>(found.conditions());
    conditions.removeIf(it -> isOfK3s(it, wanted));
    return conditions.equals(new HashSet<>(wanted.conditions()))
        && withoutConditions(found).equals(withoutConditions(wanted));
  }

  /** K3s's own condition, which stays where K3s has left it. */
  private static boolean isOfK3s(Condition condition, HelmChartStatus wanted) {
    return wanted.conditions().stream().noneMatch(it -> it.getType().equals(condition.getType()))
        && "JobCreated".equals(condition.getType());
  }

  private static HelmChartStatus withoutConditions(HelmChartStatus status) {
    return new HelmChartStatus(
        null,
        status.observedGeneration(),
        status.revision(),
        status.chartVersion(),
        status.appVersion(),
        status.valuesDigest(),
        status.inputsDigest(),
        status.lastError(),
        status.failures(),
        status.nextAttempt(),
        status.notes(),
        null);
  }

  /** The reason of a condition as it is shown now; empty if there is none. */
  static Optional<String> reason(HelmChart chart, String type) {
    return Optional.ofNullable(chart.getStatus())
        .flatMap(it -> Verdict.of(it, type))
        .map(Verdict::reason);
  }
}
