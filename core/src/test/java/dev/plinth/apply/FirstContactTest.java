package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.Json;
import dev.plinth.apply.ChangeSet.Step;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FirstContactTest {

  private static final String KUBEADM =
      """
      {"manager":"kubeadm","operation":"Update","apiVersion":"apps/v1","fieldsType":"FieldsV1",
       "fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:k8s-app":{}}},"f:spec":{"f:replicas":{},
         "f:template":{"f:spec":{"f:containers":{"k:{\\"name\\":\\"coredns\\"}":{".":{},
           "f:image":{},"f:name":{}}}}}}}}
      """;
  private static final String KUBECTL =
      """
      {"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"apps/v1",
       "fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{
         "f:kubectl.kubernetes.io/last-applied-configuration":{}}},"f:spec":{"f:replicas":{}}}}
      """;
  private static final String HELM =
      """
      {"manager":"helm","operation":"Update","apiVersion":"apps/v1","fieldsType":"FieldsV1",
       "fieldsV1":{"f:spec":{"f:replicas":{}}}}
      """;
  private static final String CONTROLLER_STATUS =
      """
      {"manager":"kube-controller-manager","operation":"Update","apiVersion":"apps/v1",
       "subresource":"status","fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:replicas":{}}}}
      """;
  private static final String PLINTH =
      """
      {"manager":"plinth","operation":"Apply","apiVersion":"apps/v1","fieldsType":"FieldsV1",
       "fieldsV1":{"f:spec":{"f:replicas":{}}}}
      """;
  private static final String PLINTH_ADDON = PLINTH.replace("\"plinth\"", "\"plinth-coredns\"");

  private static final DesiredObject DEPLOYMENT =
      Declared.object(
          Declared.DEPLOYMENT,
          """
          {"metadata":{"name":"coredns","namespace":"kube-system"},"spec":{"replicas":1}}
          """);
  private static final DesiredObject NAMESPACE =
      Declared.object(
          Declared.NAMESPACE, "{\"metadata\":{\"name\":\"shared\",\"labels\":{\"team\":\"a\"}}}");

  private final FirstContact contact = new FirstContact("plinth", Declared.WEB);

  @Test
  void what_does_not_exist_is_made_without_force() {
    assertThat(contact.decide(DEPLOYMENT, Optional.empty()))
        .isEqualTo(new Step.Apply(DEPLOYMENT, false));
  }

  @Test
  void what_has_the_label_of_the_set_is_ours_whoever_touched_it() {
    assertThat(
            decide(
                DEPLOYMENT,
                label("applyset.kubernetes.io/part-of", Declared.WEB.applySetId()),
                KUBECTL))
        .isEqualTo(new Step.Apply(DEPLOYMENT, true));
  }

  @Test
  void what_k3s_applied_for_the_same_addon_is_taken_over() {
    assertThat(
            decide(
                DEPLOYMENT,
                label("objectset.rio.cattle.io/hash", Declared.WEB.k3sOwnerHash()),
                KUBECTL.replace("kubectl-client-side-apply", "deploy@node-1")))
        .isInstanceOfSatisfying(
            Step.Apply.class,
            it -> {
              assertThat(it.force()).isTrue();
              assertThat(it.transfer()).isPresent();
            });
  }

  @Test
  void what_was_given_back_is_taken_again() {
    assertThat(
            decide(
                DEPLOYMENT,
                label("app", "web"),
                KUBECTL.replace("kubectl-client-side-apply", "plinth-released")))
        .isInstanceOfSatisfying(Step.Apply.class, it -> assertThat(it.transfer()).isPresent());
  }

  @Test
  void what_k3s_applied_for_another_addon_is_not() {
    assertThat(
            decide(
                DEPLOYMENT,
                label("objectset.rio.cattle.io/hash", Declared.USER_FILE.k3sOwnerHash()),
                KUBECTL.replace("kubectl-client-side-apply", "deploy@node-1")))
        .isInstanceOfSatisfying(
            Step.Refuse.class, it -> assertThat(it.message()).contains("deploy@node-1"));
  }

  @Test
  void what_is_handed_over_by_annotation_is_taken_over() {
    assertThat(
            decide(DEPLOYMENT, "\"annotations\":{\"plinth.dev/adopt\":\"true\"}", KUBEADM, KUBECTL))
        .isEqualTo(new Step.Apply(DEPLOYMENT, true));
    assertThat(decide(DEPLOYMENT, "\"annotations\":{\"plinth.dev/adopt\":\"yes\"}", KUBEADM))
        .isInstanceOf(Step.Refuse.class);
  }

  @Test
  void consent_wins_over_another_set() {
    assertThat(
            decide(
                DEPLOYMENT,
                label("applyset.kubernetes.io/part-of", "applyset-other-v1")
                    + ",\"annotations\":{\"plinth.dev/adopt\":\"true\"}",
                PLINTH))
        .isEqualTo(new Step.Apply(DEPLOYMENT, true));
  }

  @Test
  void what_another_addon_declares_is_refused_naming_that_addon() {
    assertThat(
            decide(
                DEPLOYMENT,
                "\"labels\":{\"applyset.kubernetes.io/part-of\":\"applyset-other-v1\","
                    + "\"plinth.dev/addon\":\"traffic\"}",
                PLINTH))
        .isEqualTo(
            new Step.Refuse(
                DEPLOYMENT,
                "OwnedByAnother",
                "it belongs to the add-on 'traffic'; declare it in one place only"));
  }

  @Test
  void what_another_file_declares_is_refused() {
    assertThat(
            decide(
                DEPLOYMENT, label("applyset.kubernetes.io/part-of", "applyset-other-v1"), PLINTH))
        .isInstanceOfSatisfying(
            Step.Refuse.class, it -> assertThat(it.reason()).isEqualTo("OwnedByAnother"));
  }

  @Test
  void what_only_plinth_and_its_addons_wrote_is_ours_though_its_label_is_gone() {
    assertThat(decide(DEPLOYMENT, "\"labels\":{}", PLINTH, CONTROLLER_STATUS))
        .isEqualTo(new Step.Apply(DEPLOYMENT, true));
    assertThat(decide(DEPLOYMENT, "\"labels\":{}", PLINTH_ADDON))
        .isEqualTo(new Step.Apply(DEPLOYMENT, true));
  }

  @Test
  void what_others_manage_is_refused_naming_them_and_the_way_to_consent() {
    assertThat(decide(DEPLOYMENT, "\"labels\":{}", KUBEADM, KUBECTL, HELM, CONTROLLER_STATUS))
        .isEqualTo(
            new Step.Refuse(
                DEPLOYMENT,
                "ForeignObject",
                "it exists and is managed by kubeadm, kubectl-client-side-apply, helm; to hand it"
                    + " over: kubectl annotate deployments coredns -n kube-system"
                    + " plinth.dev/adopt=true"));
  }

  @Test
  void a_manager_that_updates_under_our_name_or_only_begins_like_it_is_another() {
    assertThat(decide(DEPLOYMENT, "\"labels\":{}", PLINTH.replace("Apply", "Update")))
        .isInstanceOf(Step.Refuse.class);
    assertThat(decide(DEPLOYMENT, "\"labels\":{}", PLINTH.replace("\"plinth\"", "\"plinthe\"")))
        .isInstanceOf(Step.Refuse.class);
  }

  @Test
  void what_nobody_is_known_to_manage_is_somebody_elses() {
    assertThat(
            contact.decide(
                DEPLOYMENT, Optional.of(Json.object("{\"metadata\":{\"name\":\"coredns\"}}"))))
        .isInstanceOfSatisfying(
            Step.Refuse.class, it -> assertThat(it.message()).contains("somebody else"));
  }

  @Test
  void a_namespace_is_shared_while_nobody_holds_what_is_declared() {
    assertThat(
            decide(
                NAMESPACE,
                "\"labels\":{}",
                manager("{\"f:metadata\":{\"f:labels\":{\"f:kubernetes.io/metadata.name\":{}}}}")))
        .isEqualTo(new Step.Apply(NAMESPACE, false));
    assertThat(
            decide(
                NAMESPACE,
                "\"labels\":{}",
                manager("{\"f:metadata\":{\"f:labels\":{\"f:team\":{}}}}")))
        .isInstanceOfSatisfying(
            Step.Refuse.class,
            it -> assertThat(it.message()).endsWith("namespaces shared plinth.dev/adopt=true"));
  }

  @Test
  void a_conflict_at_the_apply_is_told_like_one_seen_before_it() {
    assertThat(contact.conflicting(DEPLOYMENT, live("\"labels\":{}", KUBEADM)))
        .isInstanceOfSatisfying(
            Step.Refuse.class,
            it -> {
              assertThat(it.reason()).isEqualTo("ForeignObject");
              assertThat(it.message()).contains("kubeadm");
            });
  }

  private Step decide(DesiredObject desired, String metadata, String... entries) {
    return contact.decide(desired, Optional.of(live(metadata, entries)));
  }

  private static ObjectNode live(String metadata, String... entries) {
    return Json.object(
        "{\"metadata\":{%s,\"managedFields\":[%s]}}"
            .formatted(metadata, String.join(",", entries)));
  }

  private static String label(String name, String value) {
    return "\"labels\":{\"%s\":\"%s\"}".formatted(name, value);
  }

  private static String manager(String fields) {
    return "{\"manager\":\"kubectl-create\",\"operation\":\"Update\",\"fieldsV1\":%s}"
        .formatted(fields);
  }
}
