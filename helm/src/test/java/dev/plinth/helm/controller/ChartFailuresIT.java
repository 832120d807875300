package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.helm.chart.TestArchive;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What fails, and what becomes of it. */
class ChartFailuresIT extends OneHost {

  /** Fails at the API server if the text is {@code bad}. */
  private static final TestArchive FRAGILE =
      Charts.of(
          "note",
          "1.0.0",
          """
          apiVersion: v1
          kind: ConfigMap
          metadata:
            name: {{ .Release.Name }}
            labels: {note: "{{ if eq .Values.text "bad" }}no label{{ else }}good{{ end }}"}
          data:
            text: {{ .Values.text | quote }}
          """);

  private HelmChart fragile(String text, String policy) {
    return Charts.inline(
        namespace,
        "note",
        FRAGILE,
        "{\"set\": {\"text\": \"%s\"}, \"failurePolicy\": \"%s\"}".formatted(text, policy));
  }

  @Test
  void a_failed_upgrade_is_rolled_back_where_that_is_asked_for() {
    HelmChart chart =
        host.create(annotated(fragile("good", "abort"), "plinth.dev/on-failure", "rollback"));
    host.awaitReady(chart, 1);

    host.edit(chart, it -> withSet(it, "bad"));

    Verdict failed = host.awaitCondition(chart, Verdict.FAILED, "True", "Aborted");
    assertThat(failed.message()).contains("rolled back to revision 1", "metadata.labels");
    assertThat(text()).isEqualTo("good");
    assertThat(host.history(chart))
        .extracting(Release::status)
        .containsExactly(ReleaseStatus.SUPERSEDED, ReleaseStatus.FAILED, ReleaseStatus.DEPLOYED);
    assertThat(host.events(chart, "RolledBack")).hasSize(1);

    host.edit(chart, it -> withSet(it, "better"));
    host.awaitReady(chart, 4);
    assertThat(text()).isEqualTo("better");
  }

  @Test
  void abort_leaves_a_failure_and_a_change_is_tried() {
    HelmChart chart = host.create(fragile("good", "abort"));
    host.awaitReady(chart, 1);
    String uid = configMap().getMetadata().getUid();

    host.edit(chart, it -> withSet(it, "bad"));

    host.awaitCondition(chart, Verdict.FAILED, "True", "Aborted");
    assertThat(host.history(chart)).hasSize(2);
    assertThat(text()).isEqualTo("good");
    host.edit(chart, it -> withSet(it, "better"));
    host.awaitReady(chart, 3);
    assertThat(configMap().getMetadata().getUid()).isEqualTo(uid);
  }

  @Test
  void reinstall_replaces_what_has_failed() {
    HelmChart chart = host.create(fragile("good", "reinstall"));
    host.awaitReady(chart, 1);
    String uid = configMap().getMetadata().getUid();
    host.edit(chart, it -> withSet(it, "bad"));
    host.awaitStatus(chart, it -> assertThat(it.failures()).isEqualTo(1));

    host.edit(chart, it -> withSet(it, "better"));

    host.awaitReady(chart, 1);
    assertThat(configMap().getMetadata().getUid()).isNotEqualTo(uid);
  }

  @Test
  void attempts_have_an_end() {
    HelmChart chart =
        host.create(
            Charts.inline(
                namespace,
                "note",
                FRAGILE,
                "{\"set\": {\"text\": \"bad\"}, \"backOffLimit\": 0, \"failurePolicy\":"
                    + " \"retry\"}"));

    Verdict failed = host.awaitCondition(chart, Verdict.FAILED, "True", "BackOffLimitExceeded");

    assertThat(failed.message()).contains("1 attempts have failed", "metadata.labels");
    assertThat(host.live(chart).getStatus().nextAttempt()).isNull();
    assertThat(host.history(chart)).hasSize(1);
  }

  @Test
  void what_an_engine_can_not_do_is_refused_with_who_can() {
    HelmChart chart = host.create(note("{\"serverSide\": \"true\"}"));
    Verdict refused = host.awaitCondition(chart, Verdict.FAILED, "True", "Refused");
    assertThat(refused.message()).contains("cli engine with Helm 4");

    host.edit(
        chart,
        it -> {
          it.setSpec(
              note("{\"serverSide\": \"auto\", \"forceConflicts\": true, \"jobImage\": \"x\"}")
                  .getSpec());
          return it;
        });
    HelmChart ready = host.awaitReady(chart, 1);
    assertThat(HelmHost.condition(ready.getStatus(), Verdict.ENGINE_LIMITS).message())
        .contains("serverSide", "forceConflicts");
    assertThat(ready.getStatus().notes())
        .contains("spec.jobImage has no effect: no pod runs Helm here");
  }

  @Test
  @Tag("exhaustive")
  void an_operation_of_somebody_else_is_waited_for_and_mended_when_it_must_be_dead() {
    other.install(namespace, "note", Charts.note("1.0.0"), "{\"text\": \"a\"}", Map.of());
    HelmChart chart = note("{\"set\": {\"text\": \"b\"}, \"timeout\": \"6s\"}");
    host.storage()
        .setStatus(HelmHost.release(chart), 1, ReleaseStatus.PENDING_UPGRADE, "under way");

    host.create(chart);

    host.awaitCondition(chart, Verdict.READY, "Unknown", "OperationOfOther");
    host.awaitReady(chart, 2);
    assertThat(text()).isEqualTo("b");
    assertThat(host.history(chart).get(0).description()).contains("cut off");
  }

  @Test
  @Tag("exhaustive")
  void a_release_is_gone_before_its_chart_is() {
    HelmChart chart =
        host.create(
            Charts.inline(
                namespace,
                "note",
                Charts.of(
                    "note",
                    "1.0.0",
                    """
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: note, finalizers: [example.com/hold]}
                    """),
                "{\"timeout\": \"1s\"}"));
    host.awaitReady(chart, 1);

    host.delete(chart);

    HelmChart held =
        host.awaitStatus(
            chart,
            it ->
                assertThat(HelmHost.condition(it, Verdict.FAILED).reason())
                    .isEqualTo("UninstallFailed"));
    assertThat(held.getStatus().lastError())
        .contains("ConfigMap " + namespace + "/note", "example.com/hold");
    // The second attempt knows as well as the first what has to be gone.
    await()
        .atMost(HelmHost.PATIENCE)
        .untilAsserted(() -> assertThat(host.live(chart).getStatus().failures()).isGreaterThan(1));
    client
        .configMaps()
        .inNamespace(namespace)
        .withName("note")
        .edit(
            it -> {
              it.getMetadata().setFinalizers(List.of());
              return it;
            });
    host.awaitGone(chart);
    assertThat(host.history(chart)).isEmpty();
  }

  @Test
  void a_chart_can_not_exceed_the_rights_of_its_service_account() {
    Deployer.create(client, namespace);
    HelmChart chart =
        host.create(
            annotated(
                Charts.inline(
                    namespace,
                    "note",
                    Charts.of(
                        "note",
                        "1.0.0",
                        """
                        apiVersion: v1
                        kind: ConfigMap
                        metadata: {name: note}
                        data: {text: a}
                        {{- if .Values.more }}
                        ---
                        apiVersion: rbac.authorization.k8s.io/v1
                        kind: ClusterRole
                        metadata: {name: {{ .Release.Namespace }}-more}
                        {{- end }}
                        """),
                    "{\"failurePolicy\": \"retry\"}"),
                "plinth.dev/service-account",
                Deployer.NAME));
    Verdict forbidden = host.awaitCondition(chart, Verdict.FAILED, "True", "Forbidden");
    assertThat(forbidden.message())
        .contains("system:serviceaccount:" + namespace + ":deployer", "secrets");
    Deployer.makeAdminOfItsNamespace(client, namespace);
    host.awaitReady(chart, 1);

    host.edit(
        chart,
        it ->
            Charts.respecified(
                it,
                Charts.chart(
                    namespace,
                    "note",
                    "{\"set\": {\"more\": \"yes\"}, \"failurePolicy\": \"retry\", \"chartContent\": \"%s\"}"
                        .formatted(it.getSpec().chartContent()))));

    HelmChart failed =
        host.awaitStatus(
            chart,
            it ->
                assertThat(HelmHost.condition(it, Verdict.FAILED).reason())
                    .as(String.valueOf(it))
                    .isEqualTo("UpgradeFailed"));
    assertThat(failed.getStatus().lastError()).contains("clusterroles", "forbidden");
    assertThat(client.rbac().clusterRoles().withName(namespace + "-more").get()).isNull();
    ConfigMap stays = configMap();
    assertThat(stays).isNotNull();
  }
}
