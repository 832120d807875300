package dev.plinth.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a {@linkplain YamlText YAML text} with its place. Immutable. */
public sealed interface YamlTree {

  /** Where it begins. */
  SourceLocation location();

  /** As a message calls it, e.g. {@code a mapping}; says nothing of its content. */
  String typeName();

  /** The value without places; a new tree each time. */
  JsonNode toJson();

  /**
   * A value that holds no others.
   *
   * @param value a string, number, boolean or null
   */
  record Scalar(SourceLocation location, String typeName, JsonNode value) implements YamlTree {
    @Override
    public JsonNode toJson() {
      return value;
    }
  }

  /** A list. */
  record Sequence(SourceLocation location, List<YamlTree> items) implements YamlTree {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String typeName() {
      return "a sequence";
    }

    @Override
    public JsonNode toJson() {
      ArrayNode array = JsonNodeFactory.instance.arrayNode(items.size());
      items.forEach(it -> array.add(it.toJson()));
      return array;
    }
  }

  /** Values under keys, in the order of the text. */
  record Mapping(SourceLocation location, Map<String, Member> members) implements YamlTree {
    public Mapping {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    @Override
    public String typeName() {
      return "a mapping";
    }

    @Override
    public JsonNode toJson() {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      members.forEach((key, member) -> object.set(key, member.value().toJson()));
      return object;
    }
  }

  /**
   * A value under a key.
   *
   * @param key where the key is
   * @param value what is under it
   */
  record Member(SourceLocation key, YamlTree value) {}
}
