package dev.plinth.addons.traefik;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import dev.plinth.helm.chart.ChartArchive;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.values.ChartDefaults;
import dev.plinth.helm.values.SchemaCheck;
import dev.plinth.helm.values.ValuesInput;
import dev.plinth.helm.values.ValuesMerger;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A chart as Helm renders it, and as its schema is held against values here. */
record RenderedChart(Path file, ChartArchive archive) {

  static RenderedChart of(Path file) throws Exception {
    return new RenderedChart(file, ChartArchive.read(file));
  }

  /** What does not fit the schema. */
  List<String> problems(JsonNode values) {
    ChartDefaults defaults =
        new ChartDefaults(
            archive.metadata().name(),
            archive.valuesYaml().orElse(""),
            archive.schema(),
            List.of());
    HelmChart chart =
        new KubernetesSerialization()
            .convertValue(
                Map.of(
                    "apiVersion",
                    "helm.cattle.io/v1",
                    "kind",
                    "HelmChart",
                    "metadata",
                    Map.of("name", "traefik", "namespace", "kube-system"),
                    "spec",
                    Map.of("valuesContent", values.toString())),
                HelmChart.class);
    return new SchemaCheck()
            .check(
                defaults,
                new ValuesMerger()
                    .merge(
                        new ValuesInput(
                            defaults, chart, Optional.empty(), ValuesInput.Secrets.NONE)))
            .problems()
            .stream()
            .map(Object::toString)
            .toList();
  }

  /** The rendered objects; Helm itself holds the values against the schema too. */
  String render(JsonNode values) {
    try {
      Path valuesFile = Files.createTempFile("values", ".json");
      try {
        new ObjectMapper().writeValue(valuesFile.toFile(), values);
        return new Helm(file)
            .template()
            .withName("traefik")
            .withNamespace("kube-system")
            .withKubeVersion("1.35.4")
            .withValuesFile(valuesFile)
            .call();
      } finally {
        Files.delete(valuesFile);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
