package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':1,'b':2}          | {'a':1}",
        "{'a':1}                | {'a':1.0}",
        "{'a':{'x':1}}          | {'a':{}}",
        "{}                     | {'labels':{}}",
        "{}                     | {'a':[]}",
        "{}                     | {'a':null}",
        "{'a':[{'n':1,'d':2}]}  | {'a':[{'n':1}]}",
      })
  void these_are_met(String live, String declared) {
    assertThat(Content.covers(json(live.replace('\'', '"')), json(declared.replace('\'', '"'))))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':2}         | {'a':1}",
        "{}              | {'a':1}",
        "{'a':'1'}       | {'a':1}",
        "{'a':[1,2]}     | {'a':[1]}",
        "{'a':[2,1]}     | {'a':[1,2]}",
        "{'a':[1]}       | {'a':[]}",
        "{'a':'1000m'}   | {'a':'1'}",
        "{'a':{}}        | {'a':{'b':1}}",
        "{'a':''}        | {'a':'x'}",
        "{'hostPath':{}} | {'emptyDir':{}}",
      })
  void about_these_the_server_is_asked(String live, String declared) {
    assertThat(Content.covers(json(live.replace('\'', '"')), json(declared.replace('\'', '"'))))
        .isFalse();
  }

  @Test
  void what_is_kept_has_neither_bookkeeping_nor_data() {
    ObjectNode secret =
        (ObjectNode)
            json(
                """
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "uid": "u",
                 "resourceVersion": "1", "managedFields": [{}], "labels": {"l": "1"},
                 "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "s3cret"}},
                 "data": {"password": "czNjcmV0"}, "status": {"x": 1}}
                """);
    String before = secret.toString();
    ObjectNode content = Content.of(secret);
    assertThat(content.toString()).doesNotContain("s3cret", "czNjcmV0", "managedFields", "status");
    assertThat(content.path("metadata").toString())
        .isEqualTo("{\"name\":\"a\",\"labels\":{\"l\":\"1\"},\"annotations\":{}}");
    assertThat(content.path("data").path("password").asText()).hasSize(64);
    assertThat(secret.toString()).as("the original").isEqualTo(before);
  }

  @Property(tries = 300)
  void everything_meets_itself_and_what_has_more(@ForAll("trees") JsonNode tree) {
    assertThat(Content.covers(tree, tree)).isTrue();
    if (tree instanceof ObjectNode object) {
      assertThat(Content.covers(object.deepCopy().put("one-more", 1), object)).isTrue();
    }
  }

  /** Whatever single value is changed or taken away, it is noticed. */
  @Property(tries = 300)
  void no_change_of_a_declared_value_is_missed(@ForAll("trees") JsonNode tree, @ForAll int which) {
    List<Runnable> changes = new ArrayList<>();
    JsonNode live = tree.deepCopy();
    collect(live, changes);
    if (!changes.isEmpty()) {
      changes.get(Math.floorMod(which, changes.size())).run();
      assertThat(Content.covers(live, tree)).as("%s for %s", live, tree).isFalse();
    }
  }

  private static void collect(JsonNode node, List<Runnable> changes) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              it -> {
                if (it.getValue().isValueNode()) {
                  changes.add(() -> object.put(it.getKey(), "changed"));
                  changes.add(() -> object.remove(it.getKey()));
                }
                collect(it.getValue(), changes);
              });
    } else {
      node.forEach(it -> collect(it, changes));
    }
  }

  @Provide
  Arbitrary<JsonNode> trees() {
    return tree(3);
  }

  private static Arbitrary<JsonNode> tree(int depth) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    Arbitrary<JsonNode> scalars =
        Arbitraries.oneOf(
            Arbitraries.strings().alpha().ofMaxLength(3).map(nodes::textNode),
            Arbitraries.integers().between(-3, 3).map(nodes::numberNode),
            Arbitraries.of(true, false).map(nodes::booleanNode));
    if (depth == 0) {
      return scalars;
    }
    Arbitrary<JsonNode> inner = tree(depth - 1);
    return Arbitraries.oneOf(
        scalars,
        inner.list().ofMaxSize(3).map(items -> nodes.arrayNode().addAll(items)),
        Arbitraries.maps(Arbitraries.of("a", "b", "c", "d"), inner)
            .ofMaxSize(3)
            .map(fields -> nodes.objectNode().<JsonNode>setAll(fields)));
  }
}
