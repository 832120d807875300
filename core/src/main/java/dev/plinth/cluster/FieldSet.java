package dev.plinth.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The fields that a manager owns in an object: a managed-fields entry in the format FieldsV1
 * (Kubernetes, structured merge diff).
 *
 * <p>Answers one question: which declared fields are not owned? A foreign write to a declared field
 * takes that field out of the declarer's entry, so an object whose declared fields are all owned
 * has the declared values, whatever the server has made of their notation. No schema is needed: a
 * list keyed by some of its items' fields shows the keys in the entry.
 */
public final class FieldSet {

  /** No field at all. */
  public static final FieldSet EMPTY = new FieldSet("{}");

  /** What a map or a list item itself is called among its parts. */
  private static final String SELF = ".";

  private static final ObjectMapper MAPPER = JsonMapper.builder().build();

  /** Identity and what the server alone sets: never owned by anybody. */
  private static final Set<String> UNOWNED_METADATA =
      Set.of(
          "name",
          "namespace",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "managedFields");

  // As text: one such object is kept for each object in the cluster that Plinth owns.
  private final String fieldsV1;

  private FieldSet(String fieldsV1) {
    this.fieldsV1 = fieldsV1;
  }

  /** The set that a {@code fieldsV1} tree describes. */
  public static FieldSet of(JsonNode fieldsV1) {
    return new FieldSet(fieldsV1.toString());
  }

  /**
   * The set that {@code manager} applied to an object's main resource; empty if it applied nothing.
   */
  public static FieldSet appliedBy(String manager, JsonNode managedFields) {
    for (JsonNode entry : managedFields) {
      if (entry.path("manager").asText().equals(manager)
          && entry.path("operation").asText().equals("Apply")
          && entry.path("subresource").asText("").isEmpty()) {
        JsonNode fields = entry.path("fieldsV1").deepCopy();
        for (JsonNode other : managedFields) {
          if (other != entry) {
            unmaskEmptied(fields, other.path("fieldsV1"));
          }
        }
        return of(fields);
      }
    }
    return EMPTY;
  }

  /**
   * An entry without parts is a field owned as a whole, or a map of which every part that was owned
   * has been overwritten: if others own parts of it, it is the latter. It is written as what it is
   * then, a map owned without its parts.
   */
  private static void unmaskEmptied(JsonNode fields, JsonNode others) {
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      JsonNode other = others.path(field.getKey());
      if (!field.getValue().isEmpty()) {
        unmaskEmptied(field.getValue(), other);
      } else if (other.properties().stream().anyMatch(it -> !it.getKey().equals(SELF))) {
        field.setValue(
            JsonNodeFactory.instance.objectNode().set(SELF, JsonNodeFactory.instance.objectNode()));
      }
    }
  }

  /** True if no field is in the set. */
  public boolean isEmpty() {
    return fieldsV1.equals("{}");
  }

  /**
   * Paths of the fields that {@code document} declares and this set lacks, e.g. {@code
   * spec.replicas}.
   */
  public SortedSet<String> uncovered(JsonNode document) {
    SortedSet<String> missing = new TreeSet<>();
    JsonNode fields = parse(fieldsV1);
    forEachField(
        document,
        (name, value) -> {
          if (name.equals("metadata")) {
            forEachField(
                value,
                (key, metadata) -> {
                  if (!UNOWNED_METADATA.contains(key)) {
                    collect(fields.path("f:metadata"), key, metadata, "metadata", missing);
                  }
                });
          } else if (!name.equals("apiVersion") && !name.equals("kind")) {
            collect(fields, name, value, "", missing);
          }
        });
    return missing;
  }

  /**
   * The part of a live object that is in this set, as it would be declared: with identity, and with
   * the keys of list items (client-go calls that extraction). Applied by the set's manager, it
   * changes nothing.
   */
  public ObjectNode extract(ObjectNode live) {
    ObjectNode part = JsonNodeFactory.instance.objectNode();
    part.set("apiVersion", live.path("apiVersion"));
    part.set("kind", live.path("kind"));
    ObjectNode metadata = part.putObject("metadata");
    for (String identity : List.of("name", "namespace")) {
      if (live.path("metadata").hasNonNull(identity)) {
        metadata.set(identity, live.path("metadata").get(identity));
      }
    }
    if (isEmpty()) {
      return part;
    }
    ObjectNode owned = (ObjectNode) extract(parse(fieldsV1), live);
    owned.remove("status");
    if (owned.remove("metadata") instanceof ObjectNode more) {
      UNOWNED_METADATA.forEach(more::remove);
      metadata.setAll(more);
    }
    part.setAll(owned);
    return part;
  }

  private static JsonNode extract(JsonNode owned, JsonNode value) {
    if (owned.isEmpty()) {
      return value.deepCopy();
    }
    if (value.isArray()) {
      return extractItems(owned, value);
    }
    ObjectNode part = JsonNodeFactory.instance.objectNode();
    forEachField(
        value,
        (name, child) -> {
          if (owned.has("f:" + name)) {
            part.set(name, extract(owned.get("f:" + name), child));
          }
        });
    return part;
  }

  private static ArrayNode extractItems(JsonNode owned, JsonNode items) {
    ArrayNode part = JsonNodeFactory.instance.arrayNode();
    for (JsonNode item : items) {
      if (hasValue(owned, item)) {
        part.add(item);
      }
      for (Map.Entry<String, JsonNode> entry : owned.properties()) {
        if (entry.getKey().startsWith("k:")) {
          JsonNode key = parse(entry.getKey().substring(2));
          if (item.isObject() && matches(key, item)) {
            ObjectNode kept = ((ObjectNode) key).deepCopy();
            part.add(kept.setAll((ObjectNode) extract(entry.getValue(), item)));
          }
        }
      }
    }
    return part;
  }

  /** True if this set has one of the fields that {@code document} declares, or a part of one. */
  public boolean touches(JsonNode document) {
    return !uncovered(document).equals(EMPTY.uncovered(document));
  }

  private static void collect(
      JsonNode fields, String name, JsonNode value, String parent, Set<String> missing) {
    String path = parent.isEmpty() ? name : parent + "." + name;
    JsonNode owned = fields.path("f:" + name);
    if (owned.isMissingNode()) {
      addLeaves(value, path, missing);
    } else if (!owned.isEmpty()) {
      descend(owned, value, path, missing);
    }
  }

  private static void descend(JsonNode owned, JsonNode value, String path, Set<String> missing) {
    if (value.isObject()) {
      forEachField(value, (name, child) -> collect(owned, name, child, path, missing));
    } else {
      for (int i = 0; i < value.size(); i++) {
        collectItem(owned, value.get(i), path + "[" + i + "]", missing);
      }
    }
  }

  private static void collectItem(JsonNode owned, JsonNode item, String path, Set<String> missing) {
    if (hasValue(owned, item)) {
      return;
    }
    SortedSet<String> fewest = new TreeSet<>();
    addLeaves(item, path, fewest);
    for (Map.Entry<String, JsonNode> entry : owned.properties()) {
      if (entry.getKey().startsWith("k:") && matches(parse(entry.getKey().substring(2)), item)) {
        SortedSet<String> inItem = new TreeSet<>();
        if (!entry.getValue().isEmpty()) {
          descend(entry.getValue(), item, path, inItem);
        }
        if (inItem.size() < fewest.size()) {
          fewest = inItem;
        }
      }
    }
    missing.addAll(fewest);
  }

  /** Values are compared, not texts: Go escapes some characters in JSON that Jackson does not. */
  private static boolean hasValue(JsonNode owned, JsonNode item) {
    if (owned.has("v:" + item)) {
      return true;
    }
    for (Map.Entry<String, JsonNode> entry : owned.properties()) {
      if (entry.getKey().startsWith("v:") && parse(entry.getKey().substring(2)).equals(item)) {
        return true;
      }
    }
    return false;
  }

  private static void addLeaves(JsonNode value, String path, Set<String> leaves) {
    if (value.isEmpty()) {
      leaves.add(path);
    } else if (value.isObject()) {
      forEachField(value, (name, child) -> addLeaves(child, path + "." + name, leaves));
    } else {
      for (int i = 0; i < value.size(); i++) {
        addLeaves(value.get(i), path + "[" + i + "]", leaves);
      }
    }
  }

  /**
   * Whether an item can be the one with this key; the server fills keys in that the item leaves
   * out.
   */
  private static boolean matches(JsonNode key, JsonNode item) {
    for (Map.Entry<String, JsonNode> field : key.properties()) {
      JsonNode declared = item.get(field.getKey());
      // Compared as text: one number has several node types.
      if (declared != null
          && !declared.isNull()
          && !declared.asText().equals(field.getValue().asText())) {
        return false;
      }
    }
    return true;
  }

  private interface FieldVisitor {
    void visit(String name, JsonNode value);
  }

  /** Visits the fields that count: null means not declared. */
  private static void forEachField(JsonNode object, FieldVisitor visitor) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (!field.getValue().isNull()) {
        visitor.visit(field.getKey(), field.getValue());
      }
    }
  }

  private static JsonNode parse(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      // Not by any server known; an unreadable set owns nothing, and an apply sets it right.
      return JsonNodeFactory.instance.objectNode();
    }
  }

  @Override
  public String toString() {
    return fieldsV1;
  }
}
