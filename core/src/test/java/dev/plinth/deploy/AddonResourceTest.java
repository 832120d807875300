package dev.plinth.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.Json;
import dev.plinth.deploy.AddonResource.RecordedKind;
import dev.plinth.manifest.ObjectReference;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AddonResourceTest {

  /** As K3s leaves it in a cluster. */
  private static final JsonNode WRITTEN_BY_K3S =
      Json.tree(
          """
          {"apiVersion":"k3s.cattle.io/v1","kind":"Addon",
           "metadata":{"name":"foo","namespace":"kube-system","uid":"u","resourceVersion":"7",
             "annotations":{
               "addon.k3s.cattle.io/gvks":"/v1, Kind=ConfigMap;apps/v1, Kind=Deployment"}},
           "spec":{"source":"/var/lib/rancher/k3s/server/manifests/foo.yaml",
             "checksum":"abc123"}}
          """);

  @Test
  void reads_what_k3s_wrote() {
    AddonResource record = AddonResource.parse(WRITTEN_BY_K3S);

    assertThat(record.name()).isEqualTo("foo");
    assertThat(record.addon()).isEmpty();
    assertThat(record.source()).isEqualTo("/var/lib/rancher/k3s/server/manifests/foo.yaml");
    assertThat(record.checksum()).isEqualTo("abc123");
    assertThat(record.recordedKinds())
        .containsExactlyInAnyOrder(
            new RecordedKind("v1", "ConfigMap"), new RecordedKind("apps/v1", "Deployment"));
    assertThat(record.namespaces()).isEmpty();
    assertThat(record.membership().toString()).isEqualTo("kube-system/foo");
  }

  @Test
  void writes_kinds_so_that_k3s_and_kubectl_both_read_them() {
    JsonNode annotations =
        AddonResource.parse(WRITTEN_BY_K3S).toJson("plinth/1").at("/metadata/annotations");

    assertThat(annotations.path("addon.k3s.cattle.io/gvks").asText())
        .isEqualTo("/v1, Kind=ConfigMap;apps/v1, Kind=Deployment");
    assertThat(annotations.path("applyset.kubernetes.io/contains-group-kinds").asText())
        .isEqualTo("ConfigMap,Deployment.apps");
    assertThat(annotations.path("applyset.kubernetes.io/tooling").asText()).isEqualTo("plinth/1");
    assertThat(annotations.path("applyset.kubernetes.io/additional-namespaces").asText("?"))
        .isEmpty();
  }

  @Test
  void names_itself_as_parent_of_its_set() {
    assertThat(
            AddonResource.empty("foo", Optional.empty(), "/foo.yaml")
                .toJson("plinth/1")
                .at("/metadata/labels"))
        .isEqualTo(
            Json.tree(
                """
                {"applyset.kubernetes.io/id":
                  "applyset-i2zakxGwhWXZbwXuap9to4iK2vHUFmc0q0NIhgsCLEc-v1"}
                """));
  }

  @Test
  void what_is_written_reads_as_the_same() {
    AddonResource record =
        AddonResource.empty("foo", Optional.of("web"), "/foo.yaml")
            .completed(
                "sum",
                List.of(
                    new ObjectReference("v1", "ConfigMap", "a", "x"),
                    new ObjectReference("apps/v1", "Deployment", "b", "y"),
                    new ObjectReference("v1", "Namespace", "", "a")));

    assertThat(AddonResource.parse(record.toJson("plinth/1"))).isEqualTo(record);
  }

  @Test
  void has_no_checksum_before_anything_was_applied() {
    assertThat(
            AddonResource.empty("foo", Optional.empty(), "/foo.yaml")
                .toJson("plinth/1")
                .path("spec"))
        .isEqualTo(Json.tree("{\"source\":\"/foo.yaml\"}"));
  }

  @Test
  void is_widened_by_what_is_about_to_be_written_and_forgets_nothing() {
    AddonResource wide =
        AddonResource.parse(WRITTEN_BY_K3S)
            .widened(
                List.of(
                    new ObjectReference("batch/v1", "Job", "jobs", "x"),
                    new ObjectReference("v1", "Secret", "kube-system", "x"),
                    new ObjectReference("v1", "Namespace", "", "x")));

    assertThat(wide.kinds())
        .containsExactly(
            "/v1, Kind=ConfigMap",
            "/v1, Kind=Namespace",
            "/v1, Kind=Secret",
            "apps/v1, Kind=Deployment",
            "batch/v1, Kind=Job");
    assertThat(wide.namespaces()).containsExactly("jobs");
    assertThat(wide.checksum()).isEqualTo("abc123");
  }

  @Test
  void is_narrowed_to_what_is_left_once_all_is_applied() {
    AddonResource done =
        AddonResource.parse(WRITTEN_BY_K3S)
            .completed("new", List.of(new ObjectReference("v1", "Secret", "a", "x")));

    assertThat(done.kinds()).containsExactly("/v1, Kind=Secret");
    assertThat(done.namespaces()).containsExactly("a");
    assertThat(done.checksum()).isEqualTo("new");
  }

  @Test
  void one_kind_in_two_versions_is_one_group_kind() {
    AddonResource record =
        AddonResource.empty("foo", Optional.empty(), "/foo.yaml")
            .widened(
                List.of(
                    new ObjectReference("autoscaling/v1", "HorizontalPodAutoscaler", "a", "x"),
                    new ObjectReference("autoscaling/v2", "HorizontalPodAutoscaler", "a", "y")));

    assertThat(
            record
                .toJson("plinth/1")
                .at("/metadata/annotations/applyset.kubernetes.io~1contains-group-kinds")
                .asText())
        .isEqualTo("HorizontalPodAutoscaler.autoscaling");
  }

  @Test
  void what_nobody_can_read_in_the_list_of_kinds_is_no_kind() {
    AddonResource record =
        AddonResource.parse(
            Json.tree(
                """
                {"metadata":{"name":"foo","annotations":{
                  "addon.k3s.cattle.io/gvks":";junk; apps/v1, Kind=Deployment ;"}}}
                """));

    assertThat(record.recordedKinds()).containsExactly(new RecordedKind("apps/v1", "Deployment"));
    assertThat(record.source()).isEmpty();
    assertThat(record.checksum()).isEmpty();
  }

  @Test
  void does_not_change_with_the_sets_it_was_made_from() {
    TreeSet<String> kinds = new TreeSet<>(List.of("/v1, Kind=ConfigMap"));
    AddonResource record =
        new AddonResource("foo", Optional.empty(), "", "", "", kinds, new TreeSet<>());

    kinds.clear();

    assertThat(record.kinds()).hasSize(1);
  }
}
