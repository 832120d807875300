package dev.plinth.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gives an object back: what we applied counts as written by update, so that no later apply of ours
 * removes anything, and labels and annotations of ours go. The fields keep an owner, as an object
 * without any would have its next apply fail.
 */
public final class FieldRelease {

  private static final String FIELDS = "fieldsV1";

  private FieldRelease() {}

  /**
   * The JSON patch that gives the object back, and fails if it has changed since.
   *
   * @param live the object
   * @param manager whose fields, and those of managers that begin with this and a dash
   * @param labels what goes of the labels
   * @param annotations what goes of the annotations
   */
  public static ArrayNode patch(
      ObjectNode live, String manager, Collection<String> labels, Collection<String> annotations) {
    JsonNode metadata = live.path("metadata");
    ArrayNode patch = JsonNodeFactory.instance.arrayNode();
    patch
        .addObject()
        .put("op", "test")
        .put("path", "/metadata/resourceVersion")
        .put("value", metadata.path("resourceVersion").asText());
    patch
        .addObject()
        .put("op", "replace")
        .put("path", "/metadata/managedFields")
        .set("value", released(metadata.path("managedFields"), manager));
    remove(patch, "labels", metadata.path("labels"), labels);
    remove(patch, "annotations", metadata.path("annotations"), annotations);
    return patch;
  }

  private static ArrayNode released(JsonNode entries, String manager) {
    String name = FieldTransfer.givenBackBy(manager);
    Map<String, ObjectNode> released = new LinkedHashMap<>();
    ArrayNode result = JsonNodeFactory.instance.arrayNode();
    for (JsonNode entry : entries) {
      String by = entry.path("manager").asText();
      boolean ours =
          entry.path("operation").asText().equals("Apply")
              && (by.equals(manager) || by.startsWith(manager + "-"));
      if (!entry.path("subresource").asText("").isEmpty()
          || !ours && !(by.equals(name) && K3sWriter.isUpdate(entry))) {
        result.add(entry);
      } else {
        ObjectNode more =
            ((ObjectNode) entry.deepCopy()).put("manager", name).put("operation", "Update");
        released.merge(
            entry.path("apiVersion").asText(),
            more,
            (one, other) -> {
              JsonNode all = FieldTransfer.union(one.path(FIELDS), other.path(FIELDS));
              one.set(FIELDS, all);
              return one;
            });
      }
    }
    return result.addAll(released.values());
  }

  private static void remove(
      ArrayNode patch, String map, JsonNode entries, Collection<String> names) {
    for (String name : names) {
      if (entries.has(name)) {
        patch
            .addObject()
            .put("op", "remove")
            .put("path", "/metadata/%s/%s".formatted(map, name.replace("/", "~1")));
      }
    }
  }
}
