package dev.plinth.helm.values;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a test puts into a merge; everything is YAML. */
final class Fixture {

  private String defaults = "";
  private String schema;
  private String chart = "{}";
  private String config;
  private final Map<String, Map<String, byte[]>> secrets = new HashMap<>();

  Fixture defaults(String yaml) {
    this.defaults = yaml;
    return this;
  }

  Fixture schema(String json) {
    this.schema = json;
    return this;
  }

  /** The spec of the HelmChart {@code kube-system/traefik}. */
  Fixture chart(String spec) {
    this.chart = spec;
    return this;
  }

  /** The spec of its HelmChartConfig. */
  Fixture config(String spec) {
    this.config = spec;
    return this;
  }

  Fixture secret(String name, String key, String yaml) {
    secrets.computeIfAbsent(name, it -> new HashMap<>()).put(key, yaml.getBytes(UTF_8));
    return this;
  }

  ChartDefaults chartDefaults() {
    return new ChartDefaults("traefik", defaults, Optional.ofNullable(schema), List.of());
  }

  ValuesInput input() {
    return new ValuesInput(
        chartDefaults(),
        object(chart, HelmChart.class),
        Optional.ofNullable(config).map(it -> object(it, HelmChartConfig.class)),
        name -> Optional.ofNullable(secrets.get(name)));
  }

  MergedValues merge() {
    return new ValuesMerger().merge(input());
  }

  /** What YAML says, in the numbers that the merge has. */
  static JsonNode yaml(String text) {
    return new Fixture().defaults("root:\n" + text.indent(2)).merge().effective().get("root");
  }

  private static <T> T object(String spec, Class<T> type) {
    return Serialization.unmarshal(
        "metadata: {namespace: kube-system, name: traefik}\nspec:\n" + spec.indent(2), type);
  }
}
