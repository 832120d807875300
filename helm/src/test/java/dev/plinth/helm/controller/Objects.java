package dev.plinth.helm.controller;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Objects for tests, from YAML. */
final class Objects {

  static final String NAMESPACE = "kube-system";
  static final String NAME = "traefik";

  private Objects() {}

  /** HelmChart {@code kube-system/traefik}. */
  static HelmChart chart(String spec) {
    return object(NAMESPACE, NAME, spec, HelmChart.class);
  }

  /** HelmChartConfig {@code kube-system/traefik}. */
  static HelmChartConfig config(String spec) {
    return object(NAMESPACE, NAME, spec, HelmChartConfig.class);
  }

  static HelmChart chart(String namespace, String name, String spec) {
    return object(namespace, name, spec, HelmChart.class);
  }

  static HelmChartConfig config(String namespace, String name, String spec) {
    return object(namespace, name, spec, HelmChartConfig.class);
  }

  private static <T> T object(String namespace, String name, String spec, Class<T> type) {
    return Serialization.unmarshal(
        "metadata: {namespace: %s, name: %s}\nspec:\n%s".formatted(namespace, name, spec.indent(2)),
        type);
  }
}
