package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whose charts and releases are touched, taken over, and let go. */
class ChartScopeIT extends OneHost {

  @Test
  void a_release_of_k3s_that_is_as_wanted_is_taken_over_without_a_revision() {
    other.install(
        namespace,
        "note",
        Charts.note("1.0.0"),
        "{\"text\": \"a\"}",
        Map.of(HelmApi.CONFIG_HASH, "A".repeat(63)));

    HelmChart chart = host.create(note("{\"set\": {\"text\": \"a\"}}"));

    host.awaitReady(chart, 1);
    assertThat(host.history(chart)).hasSize(1);
    assertThat(host.history(chart).get(0).labels().get(HelmApi.CONFIG_HASH))
        .hasSize(63)
        .isNotEqualTo("A".repeat(63));
    assertThat(host.events(chart, "TakenOver")).hasSize(1);
  }

  @Test
  void a_release_of_the_helm_command_that_differs_is_upgraded() {
    other.install(namespace, "note", Charts.note("1.0.0"), "{\"text\": \"a\"}", Map.of());

    HelmChart chart = host.create(note("{\"set\": {\"text\": \"b\"}}"));

    host.awaitReady(chart, 2);
    assertThat(text()).isEqualTo("b");
  }

  @Test
  void a_rollback_by_hand_is_told_and_left_alone_until_something_changes() {
    HelmChart chart = host.create(note("{\"set\": {\"text\": \"a\"}}"));
    host.awaitReady(chart, 1);
    host.edit(chart, it -> withSet(it, "b"));
    host.awaitReady(chart, 2);

    other.rollBack(namespace, "note", 1);

    Verdict manual = host.awaitCondition(chart, Verdict.MANUAL_CHANGE, "True", "ChangedByOther");
    assertThat(manual.message()).contains("revision 3", "Rollback to 1");
    host.awaitReady(chart, 3);
    assertThat(text()).isEqualTo("a");
    assertThat(host.history(chart)).hasSize(3);
    assertThat(host.events(chart, "ManualChange")).hasSize(1);

    host.edit(chart, it -> withSet(it, "c"));
    HelmChart changed = host.awaitReady(chart, 4);
    assertThat(Verdict.of(changed.getStatus(), Verdict.MANUAL_CHANGE)).isEmpty();
    assertThat(text()).isEqualTo("c");
  }

  @Test
  void a_release_that_was_uninstalled_by_hand_is_installed_again() {
    HelmChart chart = host.create(note("{\"set\": {\"text\": \"a\"}}"));
    host.awaitReady(chart, 1);

    other.uninstall(namespace, "note");

    await().atMost(HelmHost.PATIENCE).untilAsserted(() -> assertThat(text()).isEqualTo("a"));
    host.awaitReady(chart, 1);
  }

  @Test
  void a_chart_of_another_controller_is_left_alone() {
    HelmChart chart = host.create(annotated(note("{}"), HelmApi.MANAGED_BY, "rancher"));

    Verdict ready = host.awaitCondition(chart, Verdict.READY, "Unknown", "ManagedByOther");

    assertThat(ready.message()).contains("rancher");
    assertThat(host.live(chart).getMetadata().getFinalizers()).isEmpty();
    assertThat(host.history(chart)).isEmpty();
    host.delete(chart);
    host.awaitGone(chart);
  }

  @Test
  void a_chart_that_becomes_unmanaged_can_be_deleted_and_keeps_its_release() {
    HelmChart chart = host.create(note("{\"set\": {\"text\": \"a\"}}"));
    host.awaitReady(chart, 1);
    host.edit(chart, it -> annotated(it, HelmApi.UNMANAGED, "true"));
    host.awaitCondition(chart, Verdict.READY, "Unknown", "Unmanaged");

    host.delete(chart);

    host.awaitGone(chart);
    assertThat(host.history(chart))
        .extracting(Release::status)
        .containsExactly(ReleaseStatus.DEPLOYED);
    assertThat(host.events(chart, "ReleaseKept")).hasSize(1);
  }

  @Test
  void a_chart_that_becomes_empty_can_be_deleted_and_keeps_its_release() {
    HelmChart chart = host.create(note("{\"set\": {\"text\": \"a\"}}"));
    host.awaitReady(chart, 1);
    host.edit(chart, it -> Charts.respecified(it, Charts.chart(namespace, "note", "{}")));
    host.awaitCondition(chart, Verdict.READY, "Unknown", "Empty");

    host.delete(chart);

    host.awaitGone(chart);
    assertThat(text()).isEqualTo("a");
  }

  @Test
  void of_two_charts_that_are_after_one_release_the_first_has_it() {
    HelmChart first = host.create(note("{\"set\": {\"text\": \"first\"}}"));
    host.awaitReady(first, 1);
    String elsewhere = HelmHost.namespace(client);
    HelmChart second =
        host.create(
            Charts.inline(
                elsewhere,
                "note",
                Charts.note("1.0.0"),
                "{\"targetNamespace\": \"%s\"}".formatted(namespace)));

    Verdict failed = host.awaitCondition(second, Verdict.FAILED, "True", "ReleaseOfAnotherChart");

    assertThat(failed.message()).contains("HelmChart " + namespace + "/note");
    host.delete(second);
    host.awaitGone(second);
    assertThat(text()).isEqualTo("first");
    assertThat(host.history(first)).hasSize(1);
  }

  @Test
  void a_target_namespace_is_created_and_stays() {
    String target = namespace + "-target";
    HelmChart chart =
        host.create(
            note(
                "{\"set\": {\"text\": \"a\"}, \"createNamespace\": true, \"targetNamespace\": \"%s\"}"
                    .formatted(target)));
    host.awaitReady(chart, 1);
    assertThat(client.configMaps().inNamespace(target).withName("note").get()).isNotNull();

    host.delete(chart);

    host.awaitGone(chart);
    assertThat(client.configMaps().inNamespace(target).withName("note").get()).isNull();
    assertThat(client.namespaces().withName(target).get()).isNotNull();
  }

  @Test
  @Tag("exhaustive")
  void a_namespace_that_is_deleted_takes_its_charts_with_it() {
    HelmChart chart = host.create(note("{}"));
    host.awaitReady(chart, 1);

    client.namespaces().withName(namespace).delete();

    await()
        .atMost(HelmHost.PATIENCE)
        .untilAsserted(() -> assertThat(client.namespaces().withName(namespace).get()).isNull());
  }

  @Test
  void a_secret_that_is_deleted_with_its_chart_does_not_keep_it() {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("values")
                .endMetadata()
                .addToStringData("values.yaml", "text: s3cret")
                .build())
        .create();
    HelmChart chart =
        host.create(
            note("{\"valuesSecrets\": [{\"name\": \"values\", \"keys\": [\"values.yaml\"]}]}"));
    host.awaitReady(chart, 1);
    assertThat(text()).isEqualTo("s3cret");
    assertThat(List.of(String.valueOf(host.live(chart).getStatus())))
        .noneMatch(it -> it.contains("s3cret"));

    client.secrets().inNamespace(namespace).withName("values").delete();
    host.delete(chart);

    host.awaitGone(chart);
    assertThat(host.history(chart)).isEmpty();
  }
}
