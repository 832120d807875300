package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.plinth.Json;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies as kube-apiserver 1.35 sends them, shortened where nothing is read. */
class ApplyFailureTest {

  private static final DesiredObject DEPLOYMENT = Declared.named(Declared.DEPLOYMENT, "web");
  private static final DesiredObject SECRET =
      Declared.object(
          Declared.SECRET,
          "{\"metadata\":{\"name\":\"web\",\"namespace\":\"a\"},\"stringData\":{\"k\":\"hunter2\"}}");

  @Test
  void a_missing_right_is_told_as_the_rule_to_add() {
    KubernetesClientException e =
        refusal(
            403,
            "Forbidden",
            "deployments.apps \"web\" is forbidden: User \"system:serviceaccount:a:plinth\" cannot"
                + " patch resource \"deployments\" in API group \"apps\" in the namespace \"a\"");

    assertThat(ApplyFailure.of(e, DEPLOYMENT))
        .isEqualTo(
            new ApplyFailure(
                "Forbidden",
                "system:serviceaccount:a:plinth needs the rule {apiGroups: [\"apps\"], resources:"
                    + " [\"deployments\"], verbs: [\"patch\"]} in namespace a",
                false));
  }

  @Test
  void a_right_that_is_missing_in_the_whole_cluster_names_no_namespace() {
    KubernetesClientException e =
        refusal(
            403,
            "Forbidden",
            "namespaces \"x\" is forbidden: User \"plinth\" cannot patch resource \"namespaces\" in"
                + " API group \"\" at the cluster scope: RBAC: not found");

    assertThat(ApplyFailure.of(e, Declared.named(Declared.NAMESPACE, "x")).message())
        .isEqualTo(
            "plinth needs the rule {apiGroups: [\"\"], resources: [\"namespaces\"], verbs:"
                + " [\"patch\"]}");
  }

  @Test
  void a_missing_right_on_a_secret_is_told_as_the_rule_too() {
    KubernetesClientException e =
        refusal(
            403,
            "Forbidden",
            "secrets \"web\" is forbidden: User \"plinth\" cannot patch resource \"secrets\" in API"
                + " group \"\" in the namespace \"a\"");

    assertThat(ApplyFailure.of(e, SECRET).message())
        .contains("resources: [\"secrets\"], verbs: [\"patch\"]} in namespace a");
  }

  /** The API server's code for it is 500, as if trying again could help. */
  @Test
  void a_declaration_that_does_not_fit_its_kind_is_invalid_and_told_by_its_fields() {
    ApplyFailure failure =
        ApplyFailure.of(
            refusal(
                500,
                "InternalError",
                "failed to create typed patch object (a/web; apps/v1, Kind=Deployment): errors: "
                    + " .spec.replicas: expected numeric (int or float), got &{three}, "
                    + " .spec.replica: field not declared in schema"),
            DEPLOYMENT);

    assertThat(failure)
        .isEqualTo(
            new ApplyFailure(
                "Invalid",
                "spec.replicas: expected numeric, spec.replica: field not declared in schema",
                false));
  }

  @Test
  void a_secret_that_does_not_fit_is_told_without_its_values() {
    ApplyFailure failure =
        ApplyFailure.of(
            refusal(
                500,
                "InternalError",
                "failed to create typed patch object (a/web; /v1, Kind=Secret): .stringData:"
                    + " expected map, got &{hunter2}"),
            SECRET);

    assertThat(failure).isEqualTo(new ApplyFailure("Invalid", "stringData: expected map", false));
  }

  @Test
  void a_value_that_is_no_base64_is_invalid_though_the_code_is_500() {
    ApplyFailure failure =
        ApplyFailure.of(
            refusal(500, "InternalError", "converting: illegal base64 data at input byte 0"),
            SECRET);

    assertThat(failure.reason()).isEqualTo("Invalid");
    assertThat(failure.passing()).isFalse();
    assertThat(failure.message()).contains("stringData");
  }

  @Test
  void what_admission_forbids_is_told_with_who_forbids_it() {
    ApplyFailure failure =
        ApplyFailure.of(
            refusal(
                403,
                "Forbidden",
                "deployments.apps \"web\" is forbidden: exceeded quota: small, requested: pods=1"),
            DEPLOYMENT);

    assertThat(failure.reason()).isEqualTo("Quota");
    assertThat(failure.message()).contains("the ResourceQuota small", "requested: pods=1");
    assertThat(failure.passing()).isFalse();
  }

  @Test
  void what_is_forbidden_for_an_unknown_reason_is_told_in_the_servers_words() {
    ApplyFailure failure =
        ApplyFailure.of(refusal(403, "Forbidden", "x is forbidden: not today"), DEPLOYMENT);

    assertThat(failure)
        .isEqualTo(new ApplyFailure("Forbidden", "x is forbidden: not today", false));
  }

  @Test
  void a_namespace_that_is_going_is_gone_soon() {
    KubernetesClientException e =
        refusal(
            """
            {"kind":"Status","code":403,"reason":"Forbidden","message":"configmaps \\"x\\" is \
            forbidden: unable to create new content in namespace a because it is being terminated",
            "details":{"causes":[{"reason":"NamespaceTerminating",
            "message":"namespace a is being terminated","field":"metadata.namespace"}]}}
            """);

    assertThat(ApplyFailure.of(e, DEPLOYMENT))
        .isEqualTo(
            new ApplyFailure(
                "NamespaceTerminating",
                "namespace a is being deleted; it is applied once there is one of that name again",
                true));
  }

  @Test
  void a_namespace_that_is_missing_is_told_with_what_to_do() {
    KubernetesClientException e =
        refusal(
            """
            {"kind":"Status","code":404,"reason":"NotFound","message":"namespaces \\"a\\" not found",
            "details":{"name":"a","kind":"namespaces"}}
            """);

    assertThat(ApplyFailure.of(e, DEPLOYMENT))
        .isEqualTo(
            new ApplyFailure(
                "NamespaceMissing",
                "there is no namespace a; it is applied once there is: declare it in a manifest, or"
                    + " kubectl create namespace a",
                true));
  }

  @Test
  void what_cannot_be_changed_is_replaced_by_k3ss_rules_or_with_consent() {
    KubernetesClientException e = invalid(cause("spec.volumeName", "field is immutable"));
    KubernetesClientException twoFaults =
        invalid(cause("spec.volumeName", "field is immutable") + "," + cause("x", "is wrong"));
    DesiredObject consenting =
        DesiredObject.of(
            Declared.document(
                """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"a",
                 "annotations":{"plinth.dev/replace":"allow"}}}
                """),
            DEPLOYMENT.kind(),
            Declared.WEB);

    assertThat(ApplyFailure.asksForReplacement(e, DEPLOYMENT)).isFalse();
    assertThat(ApplyFailure.asksForReplacement(e, consenting)).isTrue();
    assertThat(ApplyFailure.asksForReplacement(twoFaults, consenting)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "400, Invalid, false",
    "401, Refused, false",
    "404, NotFound, true",
    "405, Refused, false",
    "409, Conflict, true",
    "413, Refused, false",
    "422, Invalid, false",
    "429, ServerBusy, true",
    "500, ServerUnavailable, true",
    "503, ServerUnavailable, true",
    "504, ServerUnavailable, true",
    "200, ServerUnavailable, true",
  })
  void each_code_has_its_reason(int code, String reason, boolean passing) {
    assertThat(ApplyFailure.of(refusal(code, "Any", "words"), DEPLOYMENT))
        .isEqualTo(new ApplyFailure(reason, "words", passing));
  }

  @Test
  void a_lost_connection_passes() {
    KubernetesClientException e =
        new KubernetesClientException("PATCH /x: reset", new IOException("reset"));

    assertThat(ApplyFailure.of(e, DEPLOYMENT))
        .isEqualTo(new ApplyFailure("ServerUnavailable", "PATCH /x: reset", true));
    assertThat(ApplyFailure.of(e, SECRET).message()).isEqualTo("PATCH /x: reset");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.selector | Invalid value: {}: field is immutable",
        "spec.clusterIPs[0] | Invalid value: [\"10.43.0.11\"]: may not change once set",
        "roleRef | Invalid value: {}: cannot change roleRef",
        "spec | Forbidden: updates to statefulset spec for fields other than 'replicas',"
            + " 'ordinals', 'template' and 'minReadySeconds' are forbidden",
        "spec | Forbidden: spec is immutable after creation except resources.requests",
        "parameters | Forbidden: updates to parameters are forbidden.",
        "value | Forbidden: may not be changed in an update.",
        "spec | Forbidden: pod updates may not change fields other than `spec.containers[*].image`",
        "data | Forbidden: field is immutable when `immutable` is set",
      })
  void a_field_that_cannot_be_changed_is_told_with_the_way_out(String field, String message) {
    KubernetesClientException e = invalid(cause(field, message));

    assertThat(ApplyFailure.of(e, DEPLOYMENT))
        .isEqualTo(
            new ApplyFailure(
                "ImmutableField",
                field
                    + " cannot be changed on the live object. Delete it (kubectl delete deployments"
                    + " web -n a), or declare it with the annotation plinth.dev/replace: allow to"
                    + " have Plinth do so; it is created anew as declared then",
                false));
  }

  @Test
  void a_plain_mistake_is_told_in_the_servers_words() {
    assertThat(ApplyFailure.of(invalid(cause("spec.replicas", "must be positive")), DEPLOYMENT))
        .isEqualTo(new ApplyFailure("Invalid", "it is invalid", false));
  }

  @Test
  void no_value_of_a_secret_is_ever_told() {
    String leak = "Secret web is invalid: data[k]: Invalid value: hunter2";
    for (int code : new int[] {400, 401, 403, 404, 409, 422, 429, 500}) {
      assertThat(ApplyFailure.of(refusal(code, "Any", leak), SECRET).message())
          .doesNotContain("hunter2")
          .contains(String.valueOf(code));
    }
    assertThat(ApplyFailure.of(invalid(cause("data[k]", "Invalid value: hunter2")), SECRET))
        .isEqualTo(
            new ApplyFailure(
                "Invalid", "the server refused it: data[k]: FieldValueInvalid", false));
    assertThat(
            ApplyFailure.of(
                    invalid(cause("type", "Invalid value: hunter2: field is immutable")), SECRET)
                .message())
        .doesNotContain("hunter2");
  }

  @Test
  void the_kinds_that_k3s_replaces_are_replaced_for_the_same_fields() {
    KubernetesClientException selector =
        invalid(cause("spec.selector", "Invalid value: {}: field is immutable"));

    assertThat(ApplyFailure.asksForReplacement(selector, DEPLOYMENT)).isTrue();
    assertThat(
            ApplyFailure.asksForReplacement(invalid(cause("type", "field is immutable")), SECRET))
        .isTrue();
    assertThat(
            ApplyFailure.asksForReplacement(
                invalid(cause("spec.template", "field is immutable")),
                Declared.named(Declared.JOB, "x")))
        .isTrue();
    assertThat(ApplyFailure.asksForReplacement(selector, Declared.named(Declared.CONFIG_MAP, "x")))
        .isFalse();
    assertThat(
            ApplyFailure.asksForReplacement(
                invalid(cause("spec.completions", "field is immutable")),
                Declared.named(Declared.JOB, "x")))
        .isFalse();
  }

  @Test
  void what_would_be_refused_anew_is_not_deleted_for_it() {
    KubernetesClientException e =
        invalid(
            cause("spec.selector", "Invalid value: {}: field is immutable"),
            cause(
                "spec.template.metadata.labels",
                "Invalid value: {}: `selector` does not match template `labels`"));

    assertThat(ApplyFailure.asksForReplacement(e, DEPLOYMENT)).isFalse();
  }

  @Test
  void other_refusals_ask_for_no_replacement() {
    assertThat(ApplyFailure.asksForReplacement(refusal(500, "Any", "immutable"), DEPLOYMENT))
        .isFalse();
    assertThat(
            ApplyFailure.asksForReplacement(
                new KubernetesClientException("x", new IOException()), DEPLOYMENT))
        .isFalse();
  }

  private static String cause(String field, String message) {
    return "{\"reason\":\"FieldValueInvalid\",\"field\":\"%s\",\"message\":\"%s\"}"
        .formatted(field, message.replace("\"", "\\\""));
  }

  private static KubernetesClientException invalid(String... causes) {
    return refusal(
        """
        {"kind":"Status","code":422,"reason":"Invalid","message":"it is invalid",
         "details":{"name":"web","causes":[%s]}}
        """
            .formatted(String.join(",", causes)));
  }

  private static KubernetesClientException refusal(int code, String reason, String message) {
    return refusal(
        "{\"kind\":\"Status\",\"code\":%d,\"reason\":\"%s\",\"message\":\"%s\"}"
            .formatted(code, reason, message.replace("\"", "\\\"")));
  }

  private static KubernetesClientException refusal(String body) {
    Status status = JsonMapper.builder().build().convertValue(Json.tree(body), Status.class);
    return new KubernetesClientException(status.getMessage(), status.getCode(), status);
  }
}
