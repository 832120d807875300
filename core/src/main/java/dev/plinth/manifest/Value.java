package dev.plinth.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of a manifest with its place. Aliases share one instance, so that a small file which
 * stands for a huge value is measured before it is written out.
 */
sealed interface Value {

  /** Where it begins. */
  Position position();

  /** As a message calls it. */
  String typeName();

  /** Levels of collections: 0 for a scalar. */
  int height();

  /** Values in it, itself included, every alias counted in full. */
  long nodes();

  default boolean isNull() {
    return this instanceof Scalar value && value.scalar() instanceof GoScalar.Null;
  }

  /** The value without places, every alias written out. */
  JsonNode toJson();

  /** The value with the places it has in this source, every alias written out. */
  YamlTree withPlaces(String source);

  /** Its scalar has a JSON value. */
  record Scalar(Position position, GoScalar scalar) implements Value {
    @Override
    public String typeName() {
      return scalar.typeName();
    }

    @Override
    public int height() {
      return 0;
    }

    @Override
    public long nodes() {
      return 1;
    }

    @Override
    public JsonNode toJson() {
      return scalar.toJson().orElseThrow();
    }

    @Override
    public YamlTree withPlaces(String source) {
      return new YamlTree.Scalar(position.in(source), typeName(), toJson());
    }
  }

  record Sequence(Position position, List<Value> items, int height, long nodes) implements Value {

    static Sequence of(Position position, List<Value> items) {
      int height = 1 + items.stream().mapToInt(Value::height).max().orElse(0);
      long nodes = 1 + items.stream().mapToLong(Value::nodes).sum();
      return new Sequence(position, List.copyOf(items), height, nodes);
    }

    @Override
    public String typeName() {
      return "a sequence";
    }

    @Override
    public JsonNode toJson() {
      ArrayNode array = JsonNodeFactory.instance.arrayNode(items.size());
      items.forEach(item -> array.add(item.toJson()));
      return array;
    }

    @Override
    public YamlTree withPlaces(String source) {
      return new YamlTree.Sequence(
          position.in(source), items.stream().map(it -> it.withPlaces(source)).toList());
    }
  }

  /** Its members are in the order of the file. */
  record Mapping(Position position, Map<String, Member> members, int height, long nodes)
      implements Value {

    static Mapping of(Position position, Map<String, Member> members) {
      int height = 1 + members.values().stream().mapToInt(m -> m.value().height()).max().orElse(0);
      long nodes = 1 + members.values().stream().mapToLong(m -> m.value().nodes()).sum();
      return new Mapping(position, members, height, nodes);
    }

    @Override
    public String typeName() {
      return "a mapping";
    }

    @Override
    public ObjectNode toJson() {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      members.forEach((key, member) -> object.set(key, member.value().toJson()));
      return object;
    }

    @Override
    public YamlTree withPlaces(String source) {
      Map<String, YamlTree.Member> placed = new LinkedHashMap<>();
      members.forEach(
          (key, member) ->
              placed.put(
                  key,
                  new YamlTree.Member(member.key().in(source), member.value().withPlaces(source))));
      return new YamlTree.Mapping(position.in(source), placed);
    }
  }

  /**
   * A value under a key.
   *
   * @param key where the key is
   * @param value what is under it
   */
  record Member(Position key, Value value) {}
}
