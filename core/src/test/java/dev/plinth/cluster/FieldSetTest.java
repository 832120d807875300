package dev.plinth.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldSetTest {

  /** What kube-apiserver recorded for the declaration below it. */
  private static final JsonNode DEPLOYMENT_FIELDS =
      Json.tree(
          """
          {"f:metadata":{"f:labels":{"f:app":{}}},
           "f:spec":{
             "f:replicas":{},
             "f:selector":{},
             "f:template":{
               "f:metadata":{"f:labels":{"f:app":{}}},
               "f:spec":{
                 "f:containers":{"k:{\\"name\\":\\"web\\"}":{
                   ".":{},"f:args":{},"f:image":{},"f:name":{},
                   "f:ports":{
                     "k:{\\"containerPort\\":53,\\"protocol\\":\\"TCP\\"}":{
                       ".":{},"f:containerPort":{},"f:name":{}},
                     "k:{\\"containerPort\\":53,\\"protocol\\":\\"UDP\\"}":{
                       ".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},
                   "f:resources":{"f:limits":{"f:memory":{}}}}},
                 "f:volumes":{"k:{\\"name\\":\\"tmp\\"}":{
                   ".":{},"f:emptyDir":{},"f:name":{}}}}}}}
          """);

  private static final String DEPLOYMENT =
      """
      {"apiVersion":"apps/v1","kind":"Deployment",
       "metadata":{"name":"web","namespace":"a","labels":{"app":"web"}},
       "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
         "template":{"metadata":{"labels":{"app":"web"}},"spec":{
           "containers":[{"name":"web","image":"web:1","args":["-v","2"],
             "ports":[{"containerPort":53,"name":"dns-tcp"},
                      {"containerPort":53,"name":"dns","protocol":"UDP"}],
             "resources":{"limits":{"memory":"1Gi"}}}],
           "volumes":[{"name":"tmp","emptyDir":{}}]}}}}
      """;

  @Test
  void an_untouched_object_is_covered_though_the_server_filled_a_key_in() {
    assertThat(FieldSet.of(DEPLOYMENT_FIELDS).uncovered(Json.tree(DEPLOYMENT))).isEmpty();
  }

  @Test
  void what_is_owned_is_extracted_as_it_would_be_declared() {
    ObjectNode live = Json.object(DEPLOYMENT);
    live.withObjectProperty("metadata").put("uid", "u").put("resourceVersion", "7");
    live.withObjectProperty("metadata").withObjectProperty("labels").put("of-a-user", "x");
    live.withObjectProperty("spec").put("paused", true);
    live.putObject("status").put("replicas", 2);
    ObjectNode container = (ObjectNode) live.at("/spec/template/spec/containers/0");
    container.put("tty", true);
    // The server has filled the key in; it is part of the declaration then.
    ObjectNode expected = Json.object(DEPLOYMENT);
    for (ObjectNode it : List.of(live, expected)) {
      ((ObjectNode) it.at("/spec/template/spec/containers/0/ports/0")).put("protocol", "TCP");
    }

    assertThat(FieldSet.of(DEPLOYMENT_FIELDS).extract(live)).isEqualTo(expected);
  }

  @Test
  void of_an_object_of_which_nothing_is_owned_only_the_identity_is_extracted() {
    assertThat(FieldSet.EMPTY.extract(Json.object(DEPLOYMENT)))
        .isEqualTo(
            Json.tree(
                """
                {"apiVersion":"apps/v1","kind":"Deployment",
                 "metadata":{"name":"web","namespace":"a"}}
                """));
  }

  @Test
  void a_scalar_that_somebody_else_took_is_missing() {
    assertThat(without("/f:spec", "f:replicas").uncovered(Json.tree(DEPLOYMENT)))
        .containsExactly("spec.replicas");
  }

  @Test
  void a_field_in_an_item_of_a_keyed_list_is_missing_alone() {
    assertThat(
            without("/f:spec/f:template/f:spec/f:containers/k:{\"name\":\"web\"}", "f:image")
                .uncovered(Json.tree(DEPLOYMENT)))
        .containsExactly("spec.template.spec.containers[0].image");
  }

  @Test
  void a_keyed_item_that_went_is_missing_with_all_its_fields() {
    assertThat(without("/f:spec/f:template/f:spec", "f:volumes").uncovered(Json.tree(DEPLOYMENT)))
        .containsExactly(
            "spec.template.spec.volumes[0].emptyDir", "spec.template.spec.volumes[0].name");
  }

  @Test
  void an_atomic_list_is_owned_as_a_whole_or_not_at_all() {
    JsonNode atomic = Json.tree("{\"f:spec\":{\"f:args\":{}}}");

    assertThat(FieldSet.of(atomic).uncovered(Json.tree("{\"spec\":{\"args\":[\"a\",\"b\"]}}")))
        .isEmpty();
    assertThat(FieldSet.EMPTY.uncovered(Json.tree("{\"spec\":{\"args\":[\"a\",\"b\"]}}")))
        .containsExactly("spec.args[0]", "spec.args[1]");
  }

  @Test
  void an_item_without_a_defaulted_key_is_the_one_of_which_most_is_owned() {
    JsonNode document =
        Json.tree("{\"ports\":[{\"containerPort\":53,\"name\":\"dns\",\"hostPort\":53}]}");
    JsonNode fields =
        Json.tree(
            """
            {"f:ports":{
              "k:{\\"containerPort\\":53,\\"protocol\\":\\"TCP\\"}":{"f:containerPort":{}},
              "k:{\\"containerPort\\":53,\\"protocol\\":\\"UDP\\"}":
                {"f:containerPort":{},"f:name":{}}}}
            """);

    assertThat(FieldSet.of(fields).uncovered(document)).containsExactly("ports[0].hostPort");
  }

  @Test
  void an_item_with_another_key_is_not_taken_for_the_owned_one() {
    JsonNode fields =
        Json.tree("{\"f:env\":{\"k:{\\\"name\\\":\\\"A\\\"}\":{\"f:name\":{},\"f:value\":{}}}}");

    assertThat(
            FieldSet.of(fields)
                .uncovered(Json.tree("{\"env\":[{\"name\":\"B\",\"value\":\"1\"}]}")))
        .containsExactly("env[0].name", "env[0].value");
  }

  @Test
  void a_key_is_the_same_number_in_whatever_notation() {
    JsonNode fields = Json.tree("{\"f:ports\":{\"k:{\\\"port\\\":80}\":{\"f:port\":{}}}}");

    assertThat(FieldSet.of(fields).uncovered(Json.tree("{\"ports\":[{\"port\":80}]}"))).isEmpty();
    assertThat(FieldSet.of(fields).uncovered(Json.tree("{\"ports\":[{\"port\":\"80\"}]}")))
        .isEmpty();
    assertThat(FieldSet.of(fields).uncovered(Json.tree("{\"ports\":[{\"port\":81}]}")))
        .containsExactly("ports[0].port");
  }

  @Test
  void members_of_a_set_are_owned_one_by_one() {
    JsonNode fields =
        Json.tree("{\"f:metadata\":{\"f:finalizers\":{\".\":{},\"v:\\\"a/b\\\"\":{}}}}");

    assertThat(
            FieldSet.of(fields)
                .uncovered(Json.tree("{\"metadata\":{\"finalizers\":[\"a/b\",\"c/d\"]}}")))
        .containsExactly("metadata.finalizers[1]");
  }

  @Test
  void members_of_a_set_are_compared_as_values_since_go_escapes_more_than_json_needs() {
    JsonNode fields = Json.tree("{\"f:set\":{\"v:\\\"a\\\\u003cb\\\"\":{}}}");

    assertThat(FieldSet.of(fields).uncovered(Json.tree("{\"set\":[\"a<b\"]}"))).isEmpty();
  }

  @Test
  void an_empty_map_is_a_field_of_its_own() {
    assertThat(
            FieldSet.of(Json.tree("{\"f:emptyDir\":{}}")).uncovered(Json.tree("{\"emptyDir\":{}}")))
        .isEmpty();
    assertThat(FieldSet.EMPTY.uncovered(Json.tree("{\"emptyDir\":{}}")))
        .containsExactly("emptyDir");
  }

  @Test
  void of_a_map_only_the_keys_that_are_owned_count() {
    JsonNode fields = Json.tree("{\"f:data\":{\".\":{},\"f:a\":{}}}");

    assertThat(FieldSet.of(fields).uncovered(Json.tree("{\"data\":{\"a\":\"1\",\"b\":\"2\"}}")))
        .containsExactly("data.b");
  }

  @Test
  void identity_and_what_the_server_sets_are_owned_by_nobody_and_never_missing() {
    assertThat(
            FieldSet.EMPTY.uncovered(
                Json.tree(
                    """
                    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"b",
                     "uid":"u","resourceVersion":"1","generation":1,
                     "creationTimestamp":"2026-01-01T00:00:00Z","managedFields":[]}}
                    """)))
        .isEmpty();
  }

  @Test
  void null_declares_nothing() {
    assertThat(
            FieldSet.EMPTY.uncovered(Json.tree("{\"spec\":null,\"metadata\":{\"labels\":null}}")))
        .isEmpty();
  }

  @Test
  void the_entry_is_the_managers_apply_to_the_main_resource() {
    JsonNode managedFields =
        Json.tree(
            """
            [{"manager":"plinth","operation":"Update","fieldsV1":{"f:a":{}}},
             {"manager":"plinth","operation":"Apply","subresource":"status","fieldsV1":{"f:b":{}}},
             {"manager":"other","operation":"Apply","fieldsV1":{"f:c":{}}},
             {"manager":"plinth","operation":"Apply","fieldsV1":{"f:d":{}}}]
            """);

    assertThat(FieldSet.appliedBy("plinth", managedFields)).hasToString("{\"f:d\":{}}");
    assertThat(FieldSet.appliedBy("nobody", managedFields).isEmpty()).isTrue();
    assertThat(FieldSet.appliedBy("plinth", Json.tree("null")).isEmpty()).isTrue();
  }

  @Test
  void touches_what_it_has_a_part_of() {
    FieldSet labels = FieldSet.of(Json.tree("{\"f:metadata\":{\"f:labels\":{\"f:a\":{}}}}"));

    assertThat(labels.touches(Json.tree("{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"2\"}}}")))
        .isTrue();
    assertThat(labels.touches(Json.tree("{\"metadata\":{\"labels\":{\"b\":\"2\"}}}"))).isFalse();
    assertThat(labels.touches(Json.tree("{\"metadata\":{\"annotations\":{\"a\":\"1\"}}}")))
        .isFalse();
    assertThat(FieldSet.EMPTY.touches(Json.tree(DEPLOYMENT))).isFalse();
  }

  private static FieldSet without(String parent, String field) {
    JsonNode fields = DEPLOYMENT_FIELDS.deepCopy();
    JsonNode at = fields;
    for (String step : parent.substring(1).split("/")) {
      at = at.path(step);
    }
    ((ObjectNode) at).remove(field);
    return FieldSet.of(fields);
  }
}
