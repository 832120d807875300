package dev.plinth.helm.controller;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.chart.TestArchive;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Charts for tests, and HelmCharts that ask for them. */
final class Charts {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Charts() {}

  /** A chart whose one object is a ConfigMap with the value {@code text}. */
  static TestArchive note(String version) {
    return TestArchive.of("note", version)
        .with("note/values.yaml", "text: none\n")
        .with(
            "note/values.schema.json",
            """
            {"type": "object", "additionalProperties": false,
             "properties": {"text": {"type": "string"}, "secret": {"type": "string"}}}
            """)
        .with(
            "note/templates/note.yaml",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: {{ .Release.Name }}
            data:
              text: {{ .Values.text | quote }}
            """);
  }

  /** A chart with one template. */
  static TestArchive of(String name, String version, String template) {
    return TestArchive.of(name, version).with(name + "/templates/all.yaml", template);
  }

  /** The archive of a chart's directory. */
  static byte[] pack(Path chart) {
    TestArchive archive = TestArchive.empty();
    try (Stream<Path> files = Files.walk(chart)) {
      List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
      for (Path file : sorted) {
        archive.with(chart.getFileName() + "/" + chart.relativize(file), Files.readAllBytes(file));
      }
      return archive.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The repository's own compact chart. */
  static Path traefik() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve("examples/charts/traefik"))) {
      directory = directory.getParent();
    }
    return directory.resolve("examples/charts/traefik");
  }

  /**
   * A HelmChart.
   *
   * @param spec as JSON
   */
  static HelmChart chart(String namespace, String name, String spec) {
    return read(HelmChart.class, "HelmChart", namespace, name, spec);
  }

  static HelmChartConfig config(String namespace, String name, String spec) {
    return read(HelmChartConfig.class, "HelmChartConfig", namespace, name, spec);
  }

  /** A HelmChart with the archive inside. */
  static HelmChart inline(String namespace, String name, TestArchive archive, String spec) {
    return inline(namespace, name, archive.bytes(), spec);
  }

  /** The same, with an archive that keeps its digest. */
  static HelmChart inline(String namespace, String name, byte[] archive, String spec) {
    try {
      ObjectNode node = (ObjectNode) JSON.readTree(spec);
      node.put("chartContent", Base64.getEncoder().encodeToString(archive));
      return chart(namespace, name, node.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same with another specification. */
  static HelmChart respecified(HelmChart chart, HelmChart other) {
    chart.setSpec(other.getSpec());
    return chart;
  }

  static HelmChartConfig withSpec(HelmChartConfig config, String spec) {
    config.setSpec(
        config(config.getMetadata().getNamespace(), config.getMetadata().getName(), spec)
            .getSpec());
    return config;
  }

  private static <T> T read(
      Class<T> type, String kind, String namespace, String name, String spec) {
    try {
      ObjectNode node = JSON.createObjectNode();
      node.put("apiVersion", "helm.cattle.io/v1").put("kind", kind);
      node.putObject("metadata").put("namespace", namespace).put("name", name);
      node.set("spec", JSON.readTree(spec));
      return JSON.treeToValue(node, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
