package dev.plinth.apply;

import static dev.plinth.apply.Declared.CONFIG_MAP;
import static dev.plinth.apply.Declared.NAMESPACE;
import static dev.plinth.apply.Declared.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.Json;
import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.health.Health;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ObjectReference;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DesiredObjectTest {

  private static final String MAP = "{\"metadata\":{\"name\":\"x\"},\"data\":{\"a\":\"1\"}}";

  @Test
  void what_only_a_server_sets_is_not_declared() {
    JsonNode body =
        Declared.object(
                CONFIG_MAP,
                """
                {"metadata":{"name":"x","namespace":"a","uid":"u","resourceVersion":"1",
                  "generation":3,"creationTimestamp":null,"deletionTimestamp":"t",
                  "deletionGracePeriodSeconds":3,"selfLink":"/x","managedFields":[],
                  "annotations":{"keep":"1","plinth.dev/applied":"forged",
                    "kubectl.kubernetes.io/last-applied-configuration":"{}"}},
                 "data":{"a":"1"},"status":{"phase":"x"}}
                """)
            .body();

    assertThat(body.path("metadata").propertyStream().map(it -> it.getKey()))
        .containsExactlyInAnyOrder("name", "namespace", "annotations", "labels");
    assertThat(body.at("/metadata/annotations")).isEqualTo(Json.tree("{\"keep\":\"1\"}"));
    assertThat(body.has("status")).isFalse();
  }

  @Test
  void the_declaration_itself_is_left_as_it_is() {
    ManifestDocument document = Declared.document(MAP);

    DesiredObject desired = DesiredObject.of(document, CONFIG_MAP, Declared.WEB);
    desired.bodyWithMark("m");

    assertThat(document.content()).isEqualTo(Json.tree(MAP));
    assertThat(desired.body().at("/metadata/annotations").isMissingNode()).isTrue();
  }

  @Test
  void a_namespaced_object_without_namespace_goes_to_the_default_one() {
    assertThat(Declared.object(CONFIG_MAP, MAP).namespace()).isEqualTo("default");
    assertThat(
            Declared.object(CONFIG_MAP, "{\"metadata\":{\"name\":\"x\",\"namespace\":\"a\"}}")
                .reference())
        .isEqualTo(new ObjectReference("v1", "ConfigMap", "a", "x"));
  }

  @Test
  void a_cluster_scoped_object_has_no_namespace_whatever_is_declared() {
    DesiredObject desired =
        Declared.object(NAMESPACE, "{\"metadata\":{\"name\":\"x\",\"namespace\":\"a\"}}");

    assertThat(desired.namespace()).isEmpty();
    assertThat(desired.body().at("/metadata/namespace").isMissingNode()).isTrue();
  }

  @Test
  void labels_tell_the_set_and_the_addon_and_win_over_declared_ones() {
    DesiredObject desired =
        Declared.object(
            CONFIG_MAP,
            """
            {"metadata":{"name":"x","labels":
              {"app":"x","applyset.kubernetes.io/part-of":"forged","plinth.dev/addon":"forged"}}}
            """);

    JsonNode labels = desired.body().at("/metadata/labels");
    assertThat(labels.path("app").asText()).isEqualTo("x");
    assertThat(labels.path("applyset.kubernetes.io/part-of").asText())
        .isEqualTo(Declared.WEB.applySetId());
    assertThat(labels.path("plinth.dev/addon").asText()).isEqualTo("web");
  }

  @Test
  void labels_that_are_null_are_labels_all_the_same() {
    DesiredObject desired =
        Declared.object(
            CONFIG_MAP, "{\"metadata\":{\"name\":\"x\",\"labels\":null,\"annotations\":null}}");

    assertThat(desired.body().at("/metadata/labels").size()).isEqualTo(2);
    assertThat(desired.bodyWithMark("m").at("/metadata/annotations/plinth.dev~1applied").asText())
        .isEqualTo("m");
  }

  @Test
  void an_object_of_a_users_file_belongs_to_no_addon() {
    DesiredObject desired =
        DesiredObject.of(Declared.document(MAP), CONFIG_MAP, Declared.USER_FILE);

    assertThat(desired.body().at("/metadata/labels").has("plinth.dev/addon")).isFalse();
  }

  @Test
  void the_hash_does_not_depend_on_the_order_of_keys() {
    DesiredObject one =
        Declared.object(
            CONFIG_MAP, "{\"metadata\":{\"name\":\"x\"},\"data\":{\"a\":\"1\",\"b\":\"2\"}}");
    DesiredObject other =
        Declared.object(
            CONFIG_MAP, "{\"data\":{\"b\":\"2\",\"a\":\"1\"},\"metadata\":{\"name\":\"x\"}}");

    assertThat(one.hash()).isEqualTo(other.hash());
  }

  @Test
  void the_hash_depends_on_every_value_and_on_the_order_of_lists() {
    String list = "{\"metadata\":{\"name\":\"x\"},\"spec\":[\"a\",\"b\"]}";

    assertThat(Declared.object(CONFIG_MAP, list).hash())
        .isNotEqualTo(
            Declared.object(CONFIG_MAP, list.replace("[\"a\",\"b\"]", "[\"b\",\"a\"]")).hash());
    assertThat(Declared.object(CONFIG_MAP, MAP).hash())
        .isNotEqualTo(Declared.object(CONFIG_MAP, MAP.replace("\"1\"", "1")).hash())
        .isNotEqualTo(
            DesiredObject.of(Declared.document(MAP), CONFIG_MAP, Declared.USER_FILE).hash());
  }

  @Test
  void string_data_of_a_secret_is_declared_as_the_data_that_the_server_keeps() {
    JsonNode body =
        Declared.object(
                SECRET,
                """
                {"metadata":{"name":"x"},"data":{"a":"b2xk","c":"Yw=="},
                 "stringData":{"a":"new","u":"ü","e":""}}
                """)
            .body();

    assertThat(body.path("data"))
        .isEqualTo(Json.tree("{\"a\":\"bmV3\",\"c\":\"Yw==\",\"u\":\"w7w=\",\"e\":\"\"}"));
    assertThat(body.has("stringData")).isFalse();
  }

  @Test
  void string_data_that_is_no_map_of_texts_is_left_for_the_server_to_refuse() {
    for (String stringData : new String[] {"\"x\"", "[]", "{\"a\":1}", "{\"a\":null}"}) {
      JsonNode body =
          Declared.object(
                  SECRET, "{\"metadata\":{\"name\":\"x\"},\"stringData\":" + stringData + "}")
              .body();

      assertThat(body.path("stringData")).isEqualTo(Json.tree(stringData));
      assertThat(body.has("data")).isFalse();
    }
  }

  @Test
  void string_data_of_other_kinds_is_a_field_like_any_other() {
    assertThat(
            Declared.object(
                    CONFIG_MAP, "{\"metadata\":{\"name\":\"x\"},\"stringData\":{\"a\":\"secret\"}}")
                .body()
                .at("/stringData/a")
                .asText())
        .isEqualTo("secret");
  }

  @Test
  void it_is_unchanged_while_the_mark_and_all_declared_fields_are_there() {
    DesiredObject desired = Declared.object(CONFIG_MAP, MAP);

    assertThat(desired.isUnchanged(observed(desired.hash(), OWNED))).isTrue();
    assertThat(desired.isUnchanged(observed("", OWNED))).isFalse();
    assertThat(desired.isUnchanged(observed("other", OWNED))).isFalse();
    assertThat(desired.isUnchanged(observed(desired.hash(), OWNED.replace("f:a", "f:b"))))
        .isFalse();
  }

  @Test
  void it_is_unchanged_too_where_admission_keeps_what_it_took_before() {
    DesiredObject desired = Declared.object(CONFIG_MAP, MAP);
    String withoutData = OWNED.replace("\"f:data\":{\"f:a\":{}},", "");
    String mark = desired.markFor(observed(desired.hash(), withoutData));

    assertThat(mark).isNotEqualTo(desired.hash());
    assertThat(desired.isUnchanged(observed(mark, withoutData))).isTrue();
    assertThat(desired.isUnchanged(observed(mark, OWNED)))
        .as("the field came back to us: another state than the one remembered")
        .isFalse();
  }

  private static final String OWNED =
      """
      {"f:data":{"f:a":{}},"f:metadata":{
        "f:labels":{"f:applyset.kubernetes.io/part-of":{},"f:plinth.dev/addon":{}},
        "f:annotations":{"f:plinth.dev/applied":{}}}}
      """;

  private static ObservedObject observed(String applied, String fields) {
    return new ObservedObject(
        CONFIG_MAP,
        "default",
        "x",
        "u",
        "1",
        Declared.WEB.applySetId(),
        applied,
        "",
        FieldSet.of(Json.tree(fields)),
        false,
        false,
        false,
        false,
        Map.of(),
        Health.current("", ""));
  }
}
