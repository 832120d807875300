package dev.plinth.testkit.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.plinth.testkit.LiveObjects;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** States as text, without what differs between two runs that come to the same. */
public final class Snapshot {

  /** Told more or less often, or kept by the API server for itself. */
  private static final Set<String> IGNORED =
      Set.of("events", "leases", "apiservices", "flowschemas", "prioritylevelconfigurations");

  private static final Set<String> INDIVIDUAL =
      Set.of("uid", "resourceVersion", "creationTimestamp", "generation");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");

  /** What is made by chance once for a data directory. */
  private static final Pattern UUID =
      Pattern.compile("\\b\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\b");

  private Snapshot() {}

  /**
   * All objects of a cluster except Events and Leases, with the owners of their fields; without
   * UIDs, versions and times.
   *
   * @throws KubernetesClientException if they cannot be listed
   */
  public static String ofCluster(KubernetesClient client) {
    return LiveObjects.of(client, it -> !IGNORED.contains(it))
        .map(it -> it.path() + "\n" + canonical(it.content()).toPrettyString())
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  /** All files below a directory, with their modes and contents; without UUIDs and times. */
  public static String ofDirectory(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    StringBuilder text = new StringBuilder();
    for (Path file : files) {
      text.append(
          "%n%s %s%n"
              .formatted(
                  Files.getPosixFilePermissions(file).stream().sorted().toList(),
                  directory.relativize(file)));
      String content = TIME.matcher(Files.readString(file, UTF_8)).replaceAll("(time)");
      text.append(UUID.matcher(content).replaceAll("(uuid)"));
    }
    return text.toString();
  }

  private static JsonNode canonical(JsonNode node) {
    if (node instanceof ObjectNode object) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      object
          .properties()
          .forEach(
              it -> {
                if (!INDIVIDUAL.contains(it.getKey())) {
                  sorted.put(it.getKey(), canonical(it.getValue()));
                }
              });
      JsonNode managers = sorted.get("managedFields");
      if (managers instanceof ArrayNode array) {
        sorted.put("managedFields", inOrder(array));
      }
      return object.objectNode().setAll(sorted);
    }
    if (node instanceof ArrayNode array) {
      ArrayNode elements = array.arrayNode();
      array.forEach(it -> elements.add(canonical(it)));
      return elements;
    }
    return node.isTextual() && TIME.matcher(node.asText()).matches()
        ? TextNode.valueOf("(time)")
        : node;
  }

  /** The server orders them by time. */
  private static ArrayNode inOrder(ArrayNode managers) {
    List<JsonNode> elements = new ArrayList<>();
    managers.forEach(elements::add);
    elements.sort(Comparator.comparing(JsonNode::toString));
    return managers.arrayNode().addAll(elements);
  }
}
