package dev.plinth.addons.traefik;

import dev.plinth.helm.model.HelmChart;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.stream.Stream;

/** HelmCharts from the text of a manifest. */
final class HelmCharts {

  private HelmCharts() {}

  static List<HelmChart> parse(String manifest) {
    return Stream.of(manifest.split("(?m)^---$"))
        .map(it -> new KubernetesSerialization().unmarshal(it, HelmChart.class))
        .toList();
  }
}
