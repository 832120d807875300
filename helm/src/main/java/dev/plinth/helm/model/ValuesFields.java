package dev.plinth.helm.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The fields for values that HelmChart and HelmChartConfig have in common. */
public sealed interface ValuesFields permits HelmChartSpec, HelmChartConfigSpec {

  /** Values as YAML; null if there are none. */
  String valuesContent();

  /** Values as an object, or what else is in its place; null if there are none. */
  JsonNode values();

  /** Secrets with values, the last one strongest. */
  List<ValuesSecret> valuesSecrets();

  /** JSON's null says nothing, as in K3s. */
  static JsonNode absentIfNull(JsonNode value) {
    return value == null || value.isNull() ? null : value;
  }
}
