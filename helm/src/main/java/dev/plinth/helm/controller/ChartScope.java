package dev.plinth.helm.controller;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartSpec;
import java.util.Map;
import java.util.Optional;

/** Whose business a HelmChart is. The rules are K3s's. */
sealed interface ChartScope {

  /** The name that K3s's controller writes too: each can go on with the other's charts. */
  String CONTROLLER = "helm-controller";

  /**
   * Ours.
   *
   * @param claimed whether the object says so: with our name on it, and the finalizer
   */
  record Ours(boolean claimed) implements ChartScope {}

  /** Nobody's who is to do anything: its user has said so, or it asks for nothing. */
  record Nobodys(String reason, String message) implements ChartScope {}

  /** Another controller's. */
  record OfAnother(String message) implements ChartScope {}

  static ChartScope of(HelmChart chart) {
    Map<String, String> annotations =
        Optional.ofNullable(chart.getMetadata().getAnnotations()).orElse(Map.of());
    String controller = annotations.get(HelmApi.MANAGED_BY);
    if (controller != null && !controller.isEmpty() && !controller.equals(CONTROLLER)) {
      return new OfAnother(
          "annotation %s: %s takes care of it".formatted(HelmApi.MANAGED_BY, controller));
    }
    if (annotations.containsKey(HelmApi.UNMANAGED)) {
      return new Nobodys(
          "Unmanaged", "left alone, as the annotation %s asks for".formatted(HelmApi.UNMANAGED));
    }
    if (isEmpty(chart.getSpec())) {
      return new Nobodys("Empty", "expected spec.chart or spec.chartContent, found neither");
    }
    return new Ours(CONTROLLER.equals(controller) && chart.hasFinalizer(HelmApi.FINALIZER));
  }

  private static boolean isEmpty(HelmChartSpec spec) {
    return isBlank(spec.chart()) && isBlank(spec.chartContent());
  }

  private static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }
}
