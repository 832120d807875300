package dev.plinth.cluster;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * Makes the fields that K3s wrote by update count as applied by us, so that an apply removes those
 * of them that it does not declare. Without it they would stay for ever: an apply removes only what
 * its own manager applied before.
 *
 * <p>The rule is that of client-go's csaupgrade: our Apply entry, or else the newest of the entries
 * to be folded under our name, gets the fields of all of them that are of its version; the entries
 * go. Entries of subresources stay.
 *
 * @param resourceVersion the object's version that this is computed of, and holds for
 * @param managedFields the entries as they are to be
 */
public record FieldTransfer(String resourceVersion, ArrayNode managedFields) {

  private static final String MANAGER = "manager";
  private static final String API_VERSION = "apiVersion";
  private static final String FIELDS = "fieldsV1";
  private static final String SELF = ".";

  public FieldTransfer {
    requireNonNull(resourceVersion, "resourceVersion");
    requireNonNull(managedFields, "managedFields");
  }

  /**
   * The transfer from K3s to this manager; empty if K3s has no entry.
   *
   * <p>What this manager gave back is transferred too, so that it can be taken back.
   */
  public static Optional<FieldTransfer> fromK3s(ObjectNode live, String manager) {
    JsonNode metadata = live.path("metadata");
    List<JsonNode> entries =
        StreamSupport.stream(metadata.path("managedFields").spliterator(), false).toList();
    List<JsonNode> folded =
        entries.stream().filter(it -> K3sWriter.wrote(it) || isGivenBack(it, manager)).toList();
    if (folded.isEmpty()) {
      return Optional.empty();
    }
    Optional<JsonNode> applied = entries.stream().filter(it -> isApplied(it, manager)).findFirst();
    ObjectNode target = applied.orElseGet(() -> newest(folded)).deepCopy();
    target.put(MANAGER, manager).put("operation", "Apply");
    JsonNode fields = target.path(FIELDS);
    for (JsonNode entry : folded) {
      if (entry.path(API_VERSION).equals(target.path(API_VERSION))) {
        fields = union(fields, entry.path(FIELDS));
      }
    }
    target.set(FIELDS, fields);
    ArrayNode result = JsonNodeFactory.instance.arrayNode().add(target);
    entries.stream()
        .filter(it -> !folded.contains(it) && !applied.filter(it::equals).isPresent())
        .forEach(result::add);
    return Optional.of(new FieldTransfer(metadata.path("resourceVersion").asText(), result));
  }

  /** Whether K3s wrote fields of an object's main resource that are still its own. */
  public static boolean isWrittenByK3s(JsonNode live) {
    return StreamSupport.stream(live.path("metadata").path("managedFields").spliterator(), false)
        .anyMatch(K3sWriter::wrote);
  }

  /** Under which name a manager's fields are after it has given an object back. */
  public static String givenBackBy(String manager) {
    return manager + "-released";
  }

  /** The JSON patch that does it, and fails if the object has changed since. */
  ArrayNode toPatch() {
    ArrayNode patch = JsonNodeFactory.instance.arrayNode();
    patch
        .addObject()
        .put("op", "test")
        .put("path", "/metadata/resourceVersion")
        .put("value", resourceVersion);
    patch
        .addObject()
        .put("op", "replace")
        .put("path", "/metadata/managedFields")
        .set("value", managedFields);
    return patch;
  }

  private static JsonNode newest(List<JsonNode> entries) {
    return entries.stream()
        .max(Comparator.comparing((JsonNode it) -> it.path("time").asText("")))
        .orElseThrow();
  }

  private static boolean isOwn(JsonNode entry, String manager) {
    return entry.path(MANAGER).asText().equals(manager);
  }

  private static boolean isGivenBack(JsonNode entry, String manager) {
    return isOwn(entry, givenBackBy(manager)) && K3sWriter.isUpdate(entry);
  }

  private static boolean isApplied(JsonNode entry, String manager) {
    return isOwn(entry, manager)
        && entry.path("operation").asText().equals("Apply")
        && entry.path("subresource").asText("").isEmpty();
  }

  /**
   * All fields of two sets. A field that one has as a whole and the other in parts is written as
   * one that is owned itself, besides its parts.
   */
  static JsonNode union(JsonNode one, JsonNode other) {
    if (one.isEmpty() && other.isEmpty()) {
      return one.isObject() ? one.deepCopy() : JsonNodeFactory.instance.objectNode();
    }
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    if (one.isEmpty() && one.isObject() || other.isEmpty() && other.isObject()) {
      all.putObject(SELF);
    }
    for (JsonNode set : List.of(one, other)) {
      for (Map.Entry<String, JsonNode> field : set.properties()) {
        JsonNode known = all.get(field.getKey());
        all.set(
            field.getKey(),
            known == null ? field.getValue().deepCopy() : union(known, field.getValue()));
      }
    }
    return all;
  }
}
