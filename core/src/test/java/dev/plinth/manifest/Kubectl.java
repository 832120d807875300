package dev.plinth.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the real kubectl reads from a file, without a server. */
final class Kubectl {

  private static final String MARK = "differential";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path program;

  private Kubectl(Path program) {
    this.program = program;
  }

  static Kubectl ofTheControlPlane() {
    return new Kubectl(Toolbox.standard().resolve(Tool.KUBECTL).path());
  }

  /**
   * @return the objects; empty if kubectl refuses the file
   */
  Optional<List<JsonNode>> read(Path file) throws IOException, InterruptedException {
    Path output = Files.createTempFile("kubectl", ".json");
    try {
      // The one command that prints objects as they were read, of whatever kind.
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "annotate",
                  "--local",
                  "--overwrite",
                  "--output=json",
                  "--filename=" + file,
                  MARK + "=x")
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      if (process.waitFor() != 0) {
        return Optional.empty();
      }
      try (MappingIterator<JsonNode> objects =
          JSON.readerFor(JsonNode.class).readValues(output.toFile())) {
        List<JsonNode> read = objects.readAll();
        read.forEach(Kubectl::removeMark);
        return Optional.of(read.stream().map(Kubectl::widenNumbers).toList());
      }
    } finally {
      Files.delete(output);
    }
  }

  private static void removeMark(JsonNode object) {
    if (object.get("metadata") instanceof ObjectNode metadata
        && metadata.get("annotations") instanceof ObjectNode annotations) {
      annotations.remove(MARK);
      if (annotations.isEmpty()) {
        metadata.remove("annotations");
      }
    }
  }

  /** Numbers in the two types that the API machinery has, 64-bit integers and floats. */
  private static JsonNode widenNumbers(JsonNode node) {
    if (node.isObject()) {
      ObjectNode object = JSON.createObjectNode();
      node.properties()
          .forEach(field -> object.set(field.getKey(), widenNumbers(field.getValue())));
      return object;
    }
    if (node.isArray()) {
      ArrayNode array = JSON.createArrayNode();
      node.forEach(item -> array.add(widenNumbers(item)));
      return array;
    }
    if (!node.isNumber()) {
      return node;
    }
    return node.canConvertToLong() && node.isIntegralNumber()
        ? LongNode.valueOf(node.longValue())
        : DoubleNode.valueOf(node.doubleValue());
  }
}
