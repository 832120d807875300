package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.plinth.helm.chart.ChartValues;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.source.ChartSourceException;
import dev.plinth.helm.source.ChartSources;
import dev.plinth.helm.source.FetchedChart;
import dev.plinth.helm.values.ValuesException;
import dev.plinth.helm.values.ValuesReport;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The effective values of HelmCharts in a cluster, each with its source, as the controller would
 * merge them now. Changes nothing in the cluster.
 */
public final class ClusterValues {

  private final KubernetesClient client;
  private final ChartSources sources;

  /**
   * @param client with the right to get HelmCharts, their configs, and what they refer to; stays
   *     open
   * @param dataDirectory the server's, where it has charts of its own and keeps those it has
   *     fetched
   * @throws java.io.UncheckedIOException if fetched charts can't be kept there
   */
  public ClusterValues(KubernetesClient client, Path dataDirectory) {
    this.client = requireNonNull(client, "client");
    this.sources = HelmControllerAddon.sources(dataDirectory.resolve("server"));
  }

  /**
   * Reads and merges.
   *
   * @throws UnusableChartException if there is no such HelmChart, it can't be understood, its chart
   *     can't be had, or its values can't be merged; the message says it all, without values
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server refuses or
   *     can't be reached
   */
  public ValuesReport read(String namespace, String name)
      throws UnusableChartException, InterruptedException {
    HelmChart chart = client.resources(HelmChart.class).inNamespace(namespace).withName(name).get();
    if (chart == null) {
      throw new UnusableChartException(
          "HelmChart %s/%s: there is none; found %s".formatted(namespace, name, others()));
    }
    Optional<HelmChartConfig> config =
        Optional.ofNullable(
            client.resources(HelmChartConfig.class).inNamespace(namespace).withName(name).get());
    InputsReading reading =
        new InputsReader(new PlannedLookup(client, List.of()), sources::localDigest)
            .read(chart, config);
    if (reading instanceof InputsReading.Wanting wanting) {
      throw new UnusableChartException(
          wanting.problems().stream().map(InputProblem::message).collect(joining("\n")));
    }
    ChartInputs inputs = ((InputsReading.Complete) reading).inputs();
    try {
      FetchedChart fetched = sources.fetch(inputs.reference(), inputs.access());
      return ChartValues.report(fetched.chart(), chart, config, inputs.secrets());
    } catch (ChartSourceException | ValuesException e) {
      throw new UnusableChartException(e.getMessage(), e);
    }
  }

  private String others() {
    String names =
        client.resources(HelmChart.class).inAnyNamespace().list().getItems().stream()
            .map(it -> it.getMetadata().getNamespace() + "/" + it.getMetadata().getName())
            .sorted()
            .collect(joining(", "));
    return names.isEmpty() ? "no HelmCharts at all" : names;
  }
}
