package dev.plinth.helm.model;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The definitions of HelmChart and HelmChartConfig, read from the YAML files in this jar. */
public final class HelmDefinitions {

  private static final List<String> FILES =
      List.of("helmcharts.helm.cattle.io.yaml", "helmchartconfigs.helm.cattle.io.yaml");

  private HelmDefinitions() {}

  /** Both, HelmChart first. */
  public static List<CustomResourceDefinition> all() {
    return FILES.stream().map(HelmDefinitions::read).toList();
  }

  private static CustomResourceDefinition read(String file) {
    try (InputStream content = HelmDefinitions.class.getResourceAsStream(file)) {
      return new KubernetesSerialization().unmarshal(content, CustomResourceDefinition.class);
    } catch (IOException e) {
      throw new UncheckedIOException("Can not read the resource " + file, e);
    }
  }
}
