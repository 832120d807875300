package dev.plinth.helm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.io.PrivateDirectory;
import dev.plinth.helm.release.Release;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A chart that renders to exactly what a stored revision has. */
final class RollbackChart {

  /** Tells the chart from the one that it stands for, in what is stored. */
  private static final String MARK = "plinth.dev/rollback";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Release wanted;

  private RollbackChart(Release wanted) {
    this.wanted = wanted;
  }

  static RollbackChart of(Release wanted) {
    return new RollbackChart(wanted);
  }

  /**
   * @return the chart's directory
   */
  Path writeTo(Path path) throws IOException {
    PrivateDirectory chart = PrivateDirectory.at(path);
    ObjectNode metadata = MAPPER.createObjectNode().put("apiVersion", "v2");
    metadata.put("name", wanted.chartName()).put("version", wanted.chartVersion());
    wanted.appVersion().ifPresent(version -> metadata.put("appVersion", version));
    metadata.putObject("annotations").put(MARK, Integer.toString(wanted.revision()));
    chart.write("Chart.yaml", MAPPER.writeValueAsBytes(metadata));
    PrivateDirectory templates = chart.directory("templates");
    templates.write("objects.yaml", literally(wanted.manifest()));
    List<Release.Hook> hooks = wanted.hooks();
    for (int i = 0; i < hooks.size(); i++) {
      templates.write("hook-" + i + ".yaml", literally(hooks.get(i).manifest()));
    }
    return chart.path();
  }

  /** A template whose text is the given one. */
  private static byte[] literally(String text) {
    return text.replace("{{", "{{ \"{{\" }}").getBytes(UTF_8);
  }

  static boolean isIn(Release release) {
    return release.document().path("chart").path("metadata").path("annotations").has(MARK);
  }

  /** What is stored after the upgrade to this chart, as if Helm had rolled back. */
  static ObjectNode restore(ObjectNode document, Release wanted) {
    ObjectNode original = wanted.document();
    for (String field : List.of("chart", "config", "manifest", "hooks")) {
      if (original.has(field)) {
        document.set(field, original.get(field));
      } else {
        document.remove(field);
      }
    }
    String notes = original.path("info").path("notes").asText();
    if (!notes.isEmpty()) {
      document.withObject("/info").put("notes", notes);
    }
    return document;
  }
}
