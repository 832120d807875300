package dev.plinth.helm.controller;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who has a field of a live object, by its managed fields. Paths are those of {@link
 * dev.plinth.apply.FieldChange}: {@code spec.containers[web].image}; since names may have dots in
 * them, a path is read along the fields that there are.
 */
final class FieldOwners {

  private final JsonNode managedFields;

  FieldOwners(JsonNode managedFields) {
    this.managedFields = managedFields;
  }

  /** The manager that has the field, or the one that has what is in it; empty if nobody has. */
  Optional<String> ownerOf(String path) {
    Optional<String> owner = Optional.empty();
    String newest = "";
    for (JsonNode entry : managedFields) {
      String time = entry.path("time").asText("");
      if (time.compareTo(newest) >= 0 && owns(entry.path("fieldsV1"), path, othersThan(entry))) {
        newest = time;
        owner = Optional.of(nameOf(entry));
      }
    }
    return owner;
  }

  private List<JsonNode> othersThan(JsonNode entry) {
    List<JsonNode> others = new ArrayList<>();
    for (JsonNode other : managedFields) {
      if (other != entry) {
        others.add(other.path("fieldsV1"));
      }
    }
    return others;
  }

  private static boolean owns(JsonNode fields, String path, List<JsonNode> others) {
    if (path.isEmpty()) {
      return true;
    }
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      Optional<String> rest = rest(path, field.getKey());
      if (rest.isPresent()) {
        List<JsonNode> besides = others.stream().map(it -> it.path(field.getKey())).toList();
        // Without parts it is owned as it is, or all of its parts are others' now.
        boolean whole = field.getValue().isEmpty() && besides.stream().allMatch(JsonNode::isEmpty);
        if (whole || owns(field.getValue(), rest.get(), besides)) {
          return true;
        }
      }
    }
    return false;
  }

  /** What of the path is behind this part of an entry; empty if it does not begin with it. */
  private static Optional<String> rest(String path, String part) {
    if (part.startsWith("f:")) {
      return afterName(path, part.substring(2));
    }
    if (path.startsWith("[") && isItem(part, path)) {
      String rest = path.substring(path.indexOf(']') + 1);
      return Optional.of(rest.startsWith(".") ? rest.substring(1) : rest);
    }
    return Optional.empty();
  }

  /** What of the path is behind this name; empty if it does not begin with it. */
  private static Optional<String> afterName(String path, String name) {
    if (!path.startsWith(name)) {
      return Optional.empty();
    }
    String rest = path.substring(name.length());
    if (rest.isEmpty() || rest.startsWith("[")) {
      return Optional.of(rest);
    }
    return rest.startsWith(".") ? Optional.of(rest.substring(1)) : Optional.empty();
  }

  /** An item with a name is told by that; of others any may be meant. */
  private static boolean isItem(String key, String path) {
    String item = path.substring(1, path.indexOf(']'));
    return key.startsWith("k:") && key.contains("\"name\":")
        ? key.contains("\"name\":\"" + item + "\"")
        : key.startsWith("k:") || key.startsWith("v:") || key.startsWith("i:");
  }

  private static String nameOf(JsonNode entry) {
    String subresource = entry.path("subresource").asText("");
    String manager = entry.path("manager").asText();
    return subresource.isEmpty() ? manager : "%s (%s)".formatted(manager, subresource);
  }
}
