package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.model.HelmChartStatus;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of HelmCharts on a real API server. */
@WithControlPlane(nodes = 1)
class HelmChartIT {

  @TempDir static Path data;

  private static KubernetesClient client;
  private static HelmHost host;
  private String namespace;

  @BeforeAll
  static void start(ControlPlane controlPlane) throws Exception {
    client = controlPlane.client();
    host = HelmHost.of(client, data);
    Files.createDirectories(host.staticCharts());
    Files.write(host.staticCharts().resolve("traefik-1.0.0.tgz"), Charts.pack(Charts.traefik()));
    host.start().awaitStarted();
  }

  @AfterAll
  static void close() {
    host.close();
  }

  @BeforeEach
  void newNamespace() {
    namespace = HelmHost.namespace(client);
  }

  @Test
  void a_chart_is_installed_changed_by_its_config_and_uninstalled() {
    HelmChart chart =
        host.create(
            Charts.chart(
                namespace,
                "traefik",
                """
                {"chart": "https://%{KUBERNETES_API}%/static/charts/traefik-1.0.0.tgz"}
                """));

    HelmChart ready = host.awaitReady(chart, 1);
    HelmChartStatus status = ready.getStatus();
    assertThat(status.chartVersion()).isNotEmpty();
    assertThat(status.appVersion()).isNotEmpty();
    assertThat(status.valuesDigest()).startsWith("sha256:");
    assertThat(status.failures()).isNull();
    assertThat(HelmHost.condition(status, Verdict.RELEASED).isTrue()).isTrue();
    assertThat(HelmHost.condition(status, Verdict.FAILED).isTrue()).isFalse();
    assertThat(ready.getMetadata().getFinalizers()).containsExactly(HelmApi.FINALIZER);
    assertThat(ready.getMetadata().getAnnotations())
        .containsEntry(HelmApi.MANAGED_BY, "helm-controller");
    assertThat(host.events(chart, "Installed")).hasSize(1);

    HelmChartConfig config =
        host.create(
            Charts.config(
                namespace,
                "traefik",
                "{\"valuesContent\": \"ports: {web: {exposedPort: 8080}}\"}"));
    host.awaitReady(chart, 2);
    assertThat(service().getSpec().getPorts()).anyMatch(it -> it.getPort() == 8080);
    assertThat(host.events(chart, "Upgraded")).hasSize(1);

    host.edit(
        config,
        it -> Charts.withSpec(it, "{\"valuesContent\": \"ports: {web: {exposedPort: many}}\"}"));
    Verdict failed = host.awaitCondition(chart, Verdict.FAILED, "True", "InvalidValues");
    assertThat(failed.message())
        .contains("HelmChartConfig " + namespace + "/traefik: spec.valuesContent, line 1");
    assertThat(host.live(chart).getStatus().revision()).isEqualTo(2);
    assertThat(host.history(chart)).hasSize(2);

    host.delete(chart);
    host.awaitGone(chart);
    assertThat(host.history(chart)).isEmpty();
    assertThat(service()).isNull();
  }

  private Service service() {
    return client.services().inNamespace(namespace).withName("traefik").get();
  }

  @Test
  void a_changed_chart_is_a_new_revision_and_an_unchanged_one_none() {
    HelmChart chart =
        host.create(
            Charts.inline(namespace, "note", Charts.note("1.0.0"), "{\"set\": {\"text\": \"a\"}}"));
    host.awaitReady(chart, 1);
    assertThat(text()).isEqualTo("a");

    byte[] next = Charts.note("1.1.0").bytes();
    host.edit(
        chart,
        it ->
            Charts.respecified(
                it, Charts.inline(namespace, "note", next, "{\"set\": {\"text\": \"b\"}}")));
    HelmChart second = host.awaitReady(chart, 2);
    assertThat(second.getStatus().chartVersion()).isEqualTo("1.1.0");
    assertThat(text()).isEqualTo("b");

    // What says how, and not what, makes no revision.
    host.edit(
        chart,
        it ->
            Charts.respecified(
                it,
                Charts.inline(
                    namespace,
                    "note",
                    next,
                    "{\"set\": {\"text\": \"b\"}, \"timeout\": \"1m\", \"backOffLimit\": 3}")));
    HelmChart third = host.awaitReady(chart, 2);
    assertThat(third.getMetadata().getGeneration()).isEqualTo(3);
    assertThat(host.history(chart))
        .extracting(Release::status)
        .containsExactly(ReleaseStatus.SUPERSEDED, ReleaseStatus.DEPLOYED);
  }

  @Test
  void what_helm_refuses_is_told_in_its_words_and_tried_again() {
    HelmChart chart =
        host.create(
            Charts.inline(
                namespace,
                "wrong",
                Charts.of(
                    "wrong",
                    "1.0.0",
                    "{apiVersion: v1, kind: ConfigMap, metadata: {name: Wrong}}\n"),
                "{\"failurePolicy\": \"retry\"}"));
    HelmChart failed =
        host.awaitStatus(
            chart,
            it -> {
              assertThat(it.failures()).isNotNull();
              assertThat(it.nextAttempt()).isNotNull();
            });
    assertThat(failed.getStatus().lastError()).contains("Wrong", "RFC 1123");
    assertThat(HelmHost.condition(failed.getStatus(), Verdict.FAILED).reason())
        .isEqualTo("InstallFailed");
    assertThat(HelmHost.condition(failed.getStatus(), Verdict.READY).isTrue()).isFalse();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(host.live(chart).getStatus().failures()).isGreaterThan(1));
    List<Event> events = host.events(chart, "InstallFailed");
    assertThat(events).isNotEmpty().allMatch(it -> it.getType().equals("Warning"));

    host.edit(
        chart,
        it ->
            Charts.respecified(it, Charts.inline(namespace, "wrong", Charts.note("1.0.0"), "{}")));
    HelmChart mended =
        host.awaitStatus(
            chart, it -> assertThat(HelmHost.condition(it, Verdict.READY).isTrue()).isTrue());
    assertThat(mended.getStatus().failures()).isNull();
    assertThat(mended.getStatus().lastError()).isNull();
    assertThat(mended.getStatus().nextAttempt()).isNull();
  }

  private String text() {
    return client.configMaps().inNamespace(namespace).withName("note").get().getData().get("text");
  }
}
