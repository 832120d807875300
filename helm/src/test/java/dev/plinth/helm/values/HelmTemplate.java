package dev.plinth.helm.values;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real {@code helm template}, on a chart that prints its values. */
final class HelmTemplate {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PRINTED = Pattern.compile("values: (\\S+)");
  private static final String CHART_YAML = "apiVersion: v2\nname: %s\nversion: 0.1.0\n";

  private final Path helm;
  private final Path directory;
  private int runs;

  HelmTemplate(Tool version, Path directory) {
    this.helm = Toolbox.standard().resolve(version).path();
    this.directory = directory;
  }

  /** Helm's exit status with what it said, and the values if it succeeded. */
  record Answer(int status, String output, JsonNode values) {}

  /**
   * Renders.
   *
   * @param defaults content of the chart's {@code values.yaml}
   * @param dependency the same of a chart {@code sub} in it; null for none
   * @param files contents of values files, the weakest first
   * @param set the flags for single values
   */
  Answer render(String defaults, String dependency, List<String> files, List<SetArgument> set) {
    try {
      Path chart = directory.resolve("run" + runs++);
      Files.createDirectories(chart.resolve("templates"));
      Files.writeString(chart.resolve("Chart.yaml"), CHART_YAML.formatted("traefik"));
      Files.writeString(chart.resolve("values.yaml"), defaults);
      Files.writeString(
          chart.resolve("templates/values.yaml"), "values: {{ .Values | toJson | b64enc }}\n");
      if (dependency != null) {
        Path sub = Files.createDirectories(chart.resolve("charts/sub"));
        Files.writeString(sub.resolve("Chart.yaml"), CHART_YAML.formatted("sub"));
        Files.writeString(sub.resolve("values.yaml"), dependency);
      }
      List<String> command =
          new ArrayList<>(List.of(helm.toString(), "template", "x", chart.toString()));
      for (int i = 0; i < files.size(); i++) {
        Path file = chart.resolve("given-%d.yaml".formatted(i));
        Files.writeString(file, files.get(i));
        command.addAll(List.of("--values", file.toString()));
      }
      set.forEach(it -> command.addAll(List.of(it.flag().option(), it.argument())));
      return run(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Answer run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HOME", directory.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.waitFor();
    Matcher printed = PRINTED.matcher(output);
    JsonNode values =
        status == 0 && printed.find()
            ? comparable(JSON.readTree(Base64.getDecoder().decode(printed.group(1))))
            : null;
    return new Answer(status, output, values);
  }

  /** Equal numbers are equal nodes. */
  static JsonNode comparable(JsonNode value) {
    if (value.isNumber()) {
      return value.isIntegralNumber() && value.canConvertToLong()
          ? LongNode.valueOf(value.longValue())
          : HelmNumbers.read(DoubleNode.valueOf(value.doubleValue()));
    }
    if (value.isArray()) {
      ArrayNode array = JSON.createArrayNode();
      value.forEach(item -> array.add(comparable(item)));
      return array;
    }
    if (value.isObject()) {
      ObjectNode object = JSON.createObjectNode();
      value.properties().forEach(it -> object.set(it.getKey(), comparable(it.getValue())));
      return object;
    }
    return value;
  }
}
