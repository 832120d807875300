package dev.plinth.helm.values;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value with its origin, while values are merged. Collections change; see {@link #copy()}. */
sealed interface ValueNode {

  Origin origin();

  /** As a message calls it. */
  String typeName();

  JsonNode toJson();

  /** A value that shares no collection with this one. */
  ValueNode copy();

  default boolean isNull() {
    return this instanceof Leaf leaf && leaf.value().isNull();
  }

  /**
   * A value that holds no others.
   *
   * @param value a scalar or null; immutable
   */
  record Leaf(Origin origin, JsonNode value) implements ValueNode {
    @Override
    public String typeName() {
      return switch (value.getNodeType()) {
        case STRING -> "a string";
        case NUMBER -> "a number";
        case BOOLEAN -> "a boolean";
        default -> "null";
      };
    }

    @Override
    public JsonNode toJson() {
      return value;
    }

    @Override
    public Leaf copy() {
      return this;
    }
  }

  /** A list. */
  record Items(Origin origin, List<ValueNode> items) implements ValueNode {
    static Items empty(Origin origin) {
      return new Items(origin, new ArrayList<>());
    }

    @Override
    public String typeName() {
      return "a list";
    }

    @Override
    public ArrayNode toJson() {
      ArrayNode array = JsonNodeFactory.instance.arrayNode(items.size());
      items.forEach(item -> array.add(item.toJson()));
      return array;
    }

    @Override
    public Items copy() {
      List<ValueNode> copies = new ArrayList<>(items.size());
      items.forEach(item -> copies.add(item.copy()));
      return new Items(origin, copies);
    }
  }

  /** Values under keys, in the order in which they came. */
  record Members(Origin origin, Map<String, ValueNode> members) implements ValueNode {
    static Members empty(Origin origin) {
      return new Members(origin, new LinkedHashMap<>());
    }

    @Override
    public String typeName() {
      return "a mapping";
    }

    @Override
    public ObjectNode toJson() {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      members.forEach((key, value) -> object.set(key, value.toJson()));
      return object;
    }

    @Override
    public Members copy() {
      Map<String, ValueNode> copies = new LinkedHashMap<>(members.size() * 2);
      members.forEach((key, value) -> copies.put(key, value.copy()));
      return new Members(origin, copies);
    }
  }
}
