package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.Json;
import dev.plinth.cluster.ClusterApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.Test;

class DefinitionsTest {

  private static final String DECLARED =
      """
      {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
       "metadata": {"name": "a.b", "creationTimestamp": null, "annotations": {"x": "1"}},
       "spec": {"group": "b"}, "status": {"conditions": []}}
      """;

  private final ClusterApi api = mock(ClusterApi.class);
  private final Definitions definitions = new Definitions(mock(KubernetesClient.class), api);

  private static String mark(ObjectNode definition) {
    return definition.at("/metadata/annotations/plinth.dev~1applied").asText();
  }

  @Test
  void what_is_applied_has_the_mark_of_its_content_and_nothing_that_the_server_sets() {
    ObjectNode declared = Json.object(DECLARED);
    ObjectNode marked = Definitions.marked(declared);
    assertThat(marked.has("status")).isFalse();
    assertThat(marked.path("metadata").has("creationTimestamp")).isFalse();
    assertThat(mark(marked)).matches("[0-9a-f]{32}");
    assertThat(declared).as("the original").isEqualTo(Json.object(DECLARED));
  }

  @Test
  void the_mark_is_that_of_the_content_whatever_its_order_and_what_stood_in_its_place() {
    String other =
        """
        {"spec": {"group": "b"}, "kind": "CustomResourceDefinition",
         "metadata": {"annotations": {"plinth.dev/applied": "forged", "x": "1"}, "name": "a.b"},
         "apiVersion": "apiextensions.k8s.io/v1"}
        """;
    String mark = mark(Definitions.marked(Json.object(DECLARED)));
    assertThat(mark(Definitions.marked(Json.object(other)))).isEqualTo(mark);
    assertThat(mark(Definitions.marked(Json.object(DECLARED.replace("\"1\"", "\"2\"")))))
        .isNotEqualTo(mark);
  }

  @Test
  void unchanged_is_what_has_our_mark_and_all_fields_that_we_declare() {
    when(api.fieldManager()).thenReturn("us");
    ObjectNode marked = Definitions.marked(Json.object(DECLARED));
    assertThat(definitions.isUnchanged(live(marked, "us", "\"f:group\": {}"), marked)).isTrue();
    assertThat(definitions.isUnchanged(live(marked, "us", ""), marked)).isFalse();
    assertThat(definitions.isUnchanged(live(marked, "them", "\"f:group\": {}"), marked)).isFalse();
    ObjectNode otherMark = live(marked, "us", "\"f:group\": {}");
    ((ObjectNode) otherMark.at("/metadata/annotations")).put("plinth.dev/applied", "0");
    assertThat(definitions.isUnchanged(otherMark, marked)).isFalse();
  }

  private static ObjectNode live(ObjectNode marked, String manager, String specFields) {
    ObjectNode live = marked.deepCopy();
    ((ObjectNode) live.path("metadata"))
        .set(
            "managedFields",
            Json.object(
                    """
                    {"entries": [{"manager": "%s", "operation": "Apply", "fieldsV1": {
                      "f:metadata": {"f:annotations": {"f:plinth.dev/applied": {}, "f:x": {}}},
                      "f:spec": {%s "f:other": {}}}}]}
                    """
                        .formatted(manager, specFields.isEmpty() ? "" : specFields + ","))
                .path("entries"));
    return live;
  }
}
