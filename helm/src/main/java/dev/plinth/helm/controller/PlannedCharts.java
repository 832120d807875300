package dev.plinth.helm.controller;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import dev.plinth.apply.PlannedObject;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** HelmCharts with their configs, as they are and as they would be after a plan. */
final class PlannedCharts {

  private final KubernetesClient client;
  private final List<PlannedObject> planned;

  private PlannedCharts(KubernetesClient client, List<PlannedObject> planned) {
    this.client = client;
    this.planned = planned;
  }

  /**
   * A chart, now and then; empty where there is none.
   *
   * @param touched whether the plan changes the chart or its config
   */
  record ChartChange(
      Optional<HelmChart> now,
      Optional<HelmChartConfig> configNow,
      Optional<HelmChart> then,
      Optional<HelmChartConfig> configThen,
      boolean touched) {}

  /** All charts of the cluster and of the plan, by namespace and name. */
  static List<ChartChange> of(KubernetesClient client, List<PlannedObject> planned) {
    return new PlannedCharts(client, planned).read();
  }

  private List<ChartChange> read() {
    Map<String, HelmChart> now = live(HelmChart.class);
    Map<String, HelmChartConfig> configsNow = live(HelmChartConfig.class);
    Map<String, Optional<HelmChart>> changed = changed("HelmChart", HelmChart.class);
    Map<String, Optional<HelmChartConfig>> configs =
        changed("HelmChartConfig", HelmChartConfig.class);
    Set<String> keys = new TreeSet<>(now.keySet());
    keys.addAll(changed.keySet());
    return keys.stream()
        .map(
            key ->
                new ChartChange(
                    Optional.ofNullable(now.get(key)),
                    Optional.ofNullable(configsNow.get(key)),
                    changed.getOrDefault(key, Optional.ofNullable(now.get(key))),
                    configs.getOrDefault(key, Optional.ofNullable(configsNow.get(key))),
                    changed.containsKey(key) || configs.containsKey(key)))
        .toList();
  }

  /** None, if the kind is not defined yet. */
  private <T extends HasMetadata> Map<String, T> live(Class<T> type) {
    Map<String, T> objects = new TreeMap<>();
    try {
      client
          .resources(type)
          .inAnyNamespace()
          .list()
          .getItems()
          .forEach(it -> objects.put(key(it.getMetadata().getNamespace(), it), it));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HTTP_NOT_FOUND) {
        throw e;
      }
    }
    return objects;
  }

  private <T extends HasMetadata> Map<String, Optional<T>> changed(String kind, Class<T> type) {
    Map<String, Optional<T>> objects = new TreeMap<>();
    planned.stream()
        .filter(it -> it.object().group().equals(HelmApi.GROUP) && it.object().kind().equals(kind))
        .forEach(
            it -> {
              String namespace =
                  it.object().namespace().isEmpty() ? "default" : it.object().namespace();
              objects.put(
                  namespace + "/" + it.object().name(),
                  it.content().map(tree -> object(tree, type, namespace)));
            });
    return objects;
  }

  private <T extends HasMetadata> T object(Object tree, Class<T> type, String namespace) {
    T object = client.getKubernetesSerialization().convertValue(tree, type);
    object.getMetadata().setNamespace(namespace);
    return object;
  }

  private static String key(String namespace, HasMetadata object) {
    return namespace + "/" + object.getMetadata().getName();
  }
}
