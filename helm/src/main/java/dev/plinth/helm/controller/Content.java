package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;

/**
 * What people declare of an object: without status, bookkeeping of the server, and data, of which
 * digests stand for the values. So it can be kept, and a Secret's content is nowhere in it.
 */
final class Content {

  static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private static final List<String> BOOKKEEPING =
      List.of(
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "generation",
          "managedFields",
          "resourceVersion",
          "selfLink",
          "uid");

  /** Fields that are the same without anything in them as if they were not there. */
  private static final Set<String> MAPS =
      Set.of(
          "labels",
          "annotations",
          "nodeSelector",
          "matchLabels",
          "data",
          "binaryData",
          "stringData");

  private static final List<String> DATA = List.of("data", "stringData", "binaryData");

  private Content() {}

  /** Takes the rest out of a tree. */
  static ObjectNode of(ObjectNode object) {
    ObjectNode content = object.objectNode();
    content.setAll(object);
    content.remove("status");
    if (object.path("metadata") instanceof ObjectNode metadata) {
      ObjectNode kept = metadata.objectNode();
      kept.setAll(metadata);
      kept.remove(BOOKKEEPING);
      if (metadata.path("annotations") instanceof ObjectNode annotations
          && annotations.has(LAST_APPLIED)) {
        ObjectNode others = annotations.deepCopy();
        others.remove(LAST_APPLIED);
        kept.set("annotations", others);
      }
      content.set("metadata", kept);
    }
    if (holdsData(object)) {
      for (String field : DATA) {
        if (object.path(field) instanceof ObjectNode data) {
          ObjectNode digests = content.putObject(field);
          data.properties().forEach(it -> digests.put(it.getKey(), digest(it.getValue())));
        }
      }
    }
    return content;
  }

  /**
   * Whether an object surely has what is declared: the same values, in the same order, in the same
   * notation. If not, only the server knows, which has notations of its own.
   */
  static boolean covers(JsonNode live, JsonNode declared) {
    if (declared.isObject()) {
      // A declared map may hold what others put there besides.
      return live.isObject()
          && declared.properties().stream()
              .allMatch(it -> coversField(live.path(it.getKey()), it.getKey(), it.getValue()));
    }
    if (declared.isArray()) {
      if (declared.isEmpty() && live.isMissingNode()) {
        return true;
      }
      boolean same = live.isArray() && live.size() == declared.size();
      for (int i = 0; same && i < declared.size(); i++) {
        same = covers(live.get(i), declared.get(i));
      }
      return same;
    }
    return isSame(live, declared);
  }

  /** Null means not declared. */
  private static boolean coversField(JsonNode live, String name, JsonNode declared) {
    return declared.isNull()
        || MAPS.contains(name) && declared.isEmpty() && live.isMissingNode()
        || covers(live, declared);
  }

  private static boolean isSame(JsonNode live, JsonNode declared) {
    return live.isNumber() && declared.isNumber()
        ? new BigDecimal(live.asText()).compareTo(new BigDecimal(declared.asText())) == 0
        : live.getNodeType() == declared.getNodeType() && live.asText().equals(declared.asText());
  }

  private static boolean holdsData(ObjectNode object) {
    String kind = object.path("kind").asText();
    return object.path("apiVersion").asText().equals("v1")
        && (kind.equals("Secret") || kind.equals("ConfigMap"));
  }

  private static String digest(JsonNode value) {
    return Hashing.sha256().hashString(value.toString(), UTF_8).toString();
  }
}
