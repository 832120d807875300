package dev.plinth.helm.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Charts for tests. */
public final class TestCharts {

  private TestCharts() {}

  /** The repository's own compact chart. */
  public static Path traefik() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve("examples/charts/traefik"))) {
      directory = directory.getParent();
    }
    return directory.resolve("examples/charts/traefik");
  }

  /** A chart with one template in a new directory. */
  public static Path of(Path parent, String name, String version, String template)
      throws IOException {
    Path chart = Files.createTempDirectory(parent, name);
    Files.createDirectories(chart.resolve("templates"));
    Files.writeString(
        chart.resolve("Chart.yaml"),
        "apiVersion: v2\nname: %s\nversion: %s\n".formatted(name, version));
    Files.writeString(chart.resolve("templates/all.yaml"), template);
    return chart;
  }

  /** A chart whose one object is a ConfigMap with the value {@code text}. */
  public static Path configMap(Path parent) throws IOException {
    return of(
        parent,
        "note",
        "1.0.0",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}
        data:
          text: {{ default "none" .Values.text | quote }}
          braces: "{{ "{{" }} .Values.text }}"
        """);
  }

  /** A chart whose Pod is on a node that does not exist. */
  public static Path neverReady(Path parent) throws IOException {
    return of(
        parent,
        "never",
        "1.0.0",
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{ .Release.Name }}
        spec:
          nodeSelector: {example.com/nowhere: "true"}
          containers: [{name: a, image: "example/a:1"}]
        """);
  }
}
