package dev.plinth.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FieldSetPropertiesTest {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Property(tries = 300)
  void a_set_built_from_a_document_covers_all_of_it(@ForAll("documents") ObjectNode document) {
    assertThat(FieldSet.of(fieldsOf(document)).uncovered(document)).isEmpty();
  }

  @Property(tries = 300)
  void a_set_without_one_top_level_field_lacks_that_field_only(
      @ForAll("documents") ObjectNode document, @ForAll int choice) {
    List<String> names = new ArrayList<>(document.propertyStream().map(Map.Entry::getKey).toList());
    if (names.isEmpty()) {
      return;
    }
    String taken = names.get(Math.floorMod(choice, names.size()));
    ObjectNode fields = fieldsOf(document);
    fields.remove("f:" + taken);

    SortedSet<String> missing = FieldSet.of(fields).uncovered(document);

    assertThat(missing)
        .isNotEmpty()
        .isEqualTo(FieldSet.EMPTY.uncovered(NODES.objectNode().set(taken, document.get(taken))));
  }

  @Property(tries = 300)
  void a_set_touches_exactly_the_documents_that_share_a_field(
      @ForAll("documents") ObjectNode document, @ForAll("documents") ObjectNode other) {
    ObjectNode elsewhere = NODES.objectNode();
    elsewhere.set("elsewhere", other);

    assertThat(FieldSet.of(fieldsOf(document)).touches(document)).isEqualTo(!document.isEmpty());
    assertThat(FieldSet.of(fieldsOf(document)).touches(elsewhere)).isFalse();
  }

  /**
   * What a server records: maps by field, lists of objects by their key, other lists as a whole.
   */
  private static ObjectNode fieldsOf(JsonNode value) {
    ObjectNode fields = NODES.objectNode();
    if (value.isObject()) {
      value.propertyStream().forEach(it -> fields.set("f:" + it.getKey(), fieldsOf(it.getValue())));
    } else if (value.isArray() && !value.isEmpty() && value.get(0).has("name")) {
      for (JsonNode item : value) {
        ObjectNode key = NODES.objectNode().set("name", item.get("name"));
        fields.set("k:" + key, fieldsOf(item));
      }
    }
    return fields;
  }

  @Provide
  Arbitrary<ObjectNode> documents() {
    return objects(values());
  }

  private static Arbitrary<JsonNode> values() {
    Arbitrary<JsonNode> scalars =
        Arbitraries.oneOf(
            Arbitraries.strings().alpha().ofMaxLength(3).map(NODES::textNode),
            Arbitraries.integers().map(NODES::numberNode),
            Arbitraries.of(true, false).map(NODES::booleanNode));
    return Arbitraries.recursive(
        () -> scalars,
        inner ->
            Arbitraries.oneOf(
                scalars,
                objects(inner).map(it -> it),
                scalars.list().ofMaxSize(3).map(it -> NODES.arrayNode().addAll(it)),
                objects(inner).list().ofMaxSize(3).map(FieldSetPropertiesTest::keyed)),
        0,
        3);
  }

  private static Arbitrary<ObjectNode> objects(Arbitrary<JsonNode> values) {
    return Arbitraries.maps(Arbitraries.of("a", "b", "c", "d"), values)
        .ofMaxSize(3)
        .map(it -> (ObjectNode) NODES.objectNode().setAll(it));
  }

  private static JsonNode keyed(List<ObjectNode> items) {
    for (int i = 0; i < items.size(); i++) {
      items.get(i).put("name", "item-" + i);
    }
    return NODES.arrayNode().addAll(items);
  }
}
