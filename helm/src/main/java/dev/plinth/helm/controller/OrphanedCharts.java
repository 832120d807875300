package dev.plinth.helm.controller;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/**
 * HelmCharts that go with their definition, when nobody is left who would uninstall them: our
 * finalizer would keep them, and the definition with them, for ever. Their releases stay.
 */
final class OrphanedCharts {

  private final KubernetesClient client;

  OrphanedCharts(KubernetesClient client) {
    this.client = client;
  }

  /** Lets them go; does nothing if their definition stays. */
  void letGo() {
    CustomResourceDefinition definition =
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName(HasMetadata.getFullResourceName(HelmChart.class))
            .get();
    if (definition != null && definition.isMarkedForDeletion()) {
      client.resources(HelmChart.class).inAnyNamespace().list().getItems().stream()
          .filter(it -> it.hasFinalizer(HelmApi.FINALIZER))
          .filter(it -> ChartScope.of(it) instanceof ChartScope.Ours ours && ours.claimed())
          .forEach(this::letGo);
    }
  }

  private void letGo(HelmChart chart) {
    try {
      client
          .resource(chart)
          .edit(
              it -> {
                it.removeFinalizer(HelmApi.FINALIZER);
                return it;
              });
    } catch (KubernetesClientException e) {
      if (e.getCode() != HTTP_NOT_FOUND) {
        throw e; // else it is gone, as it should be
      }
    }
  }
}
