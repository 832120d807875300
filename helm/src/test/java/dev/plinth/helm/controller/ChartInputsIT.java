package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Secrets and HelmChartConfigs make of charts, and what configs say of themselves. */
@WithControlPlane
class ChartInputsIT {

  @TempDir static Path data;

  private static KubernetesClient client;
  private static HelmHost host;
  private String namespace;

  @BeforeAll
  static void start(KubernetesClient administrator) throws InterruptedException {
    client = administrator;
    host = HelmHost.of(client, data).start();
    assertThat(host.server().awaitReady(HelmHost.PATIENCE).ready()).isTrue();
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
  void a_missing_secret_is_told_and_when_it_comes_the_chart_goes_on() {
    HelmChart chart = host.create(note("note", "{\"name\": \"s\", \"keys\": [\"k\"]}"));
    Verdict missing =
        host.awaitCondition(chart, Verdict.FAILED, "True", InputProblem.MISSING_REFERENCE);
    assertThat(missing.message())
        .contains(
            "HelmChart %s/note: spec.valuesSecrets[0]: expected the key k in Secret %s/s, found no"
                    .formatted(namespace, namespace)
                + " such Secret");
    secret("text: one", "x");
    host.awaitReady(chart, 1);
    assertThat(text("note")).isEqualTo("one");

    HelmChart careless =
        host.create(
            note("careless", "{\"name\": \"s\", \"keys\": [\"k\"], \"ignoreUpdates\": true}"));
    host.awaitReady(careless, 1);

    secret("text: one", "y");
    secret("text: two", "y");
    host.awaitReady(chart, 2);
    assertThat(text("note")).isEqualTo("two");
    assertThat(host.history(chart)).hasSize(2);
    assertThat(text("careless")).isEqualTo("one");
    assertThat(host.history(careless)).hasSize(1);
    assertThat(client.v1().events().inNamespace(namespace).list().getItems().toString())
        .doesNotContain("text: one", "text: two");
  }

  @Test
  void a_config_says_what_has_become_of_it() {
    host.create(Charts.config(namespace, "configured", "{\"valuesContent\": \"text: one\"}"));
    awaitApplied("False", "NoChart", "there is no HelmChart %s/configured".formatted(namespace));

    HelmChart chart =
        host.create(Charts.inline(namespace, "configured", Charts.note("1.0.0"), "{}"));
    awaitApplied(
        "True", "Applied", "HelmChart %s/configured has it since revision 1".formatted(namespace));
    assertThat(text("configured")).isEqualTo("one");

    edit("{\"valuesContent\": \"text: two\\nother: 1\"}");
    awaitApplied(
        "False",
        "InvalidValues",
        ("HelmChartConfig %s/configured: spec.valuesContent, line 2, column 1: the chart knows no"
                + " value 'other' here; revision 1 stays in force")
            .formatted(namespace));
    assertThat(host.live(chart).getStatus().revision()).isEqualTo(1);

    edit("{\"valuesContent\": \"text: two\"}");
    awaitApplied(
        "True", "Applied", "HelmChart %s/configured has it since revision 2".formatted(namespace));

    host.edit(
        chart,
        it -> {
          it.getMetadata().getAnnotations().put(HelmApi.UNMANAGED, "");
          return it;
        });
    await().atMost(HelmHost.PATIENCE).until(() -> applied().getReason().equals("Unmanaged"));
    host.edit(
        chart,
        it -> {
          it.getMetadata().getAnnotations().remove(HelmApi.UNMANAGED);
          return it;
        });
    awaitApplied(
        "True", "Applied", "HelmChart %s/configured has it since revision 2".formatted(namespace));

    config().delete();
    host.awaitReady(chart, 3);
    assertThat(text("configured")).isEqualTo("none");
  }

  private HelmChart note(String name, String secret) {
    return Charts.inline(
        namespace, name, Charts.note("1.0.0"), "{\"valuesSecrets\": [%s]}".formatted(secret));
  }

  private void secret(String values, String other) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("s")
                .endMetadata()
                .withStringData(Map.of("k", values, "other", other))
                .build())
        .createOr(it -> it.update());
  }

  private String text(String name) {
    return client.configMaps().inNamespace(namespace).withName(name).get().getData().get("text");
  }

  private Resource<HelmChartConfig> config() {
    return client.resources(HelmChartConfig.class).inNamespace(namespace).withName("configured");
  }

  private void edit(String spec) {
    config().edit(it -> Charts.withSpec(it, spec));
  }

  private Condition applied() {
    return ConfigStatus.applied(config().get()).orElseGet(Condition::new);
  }

  private void awaitApplied(String status, String reason, String message) {
    await()
        .atMost(HelmHost.PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(applied().getMessage()).isEqualTo(message);
              assertThat(applied().getReason()).isEqualTo(reason);
              assertThat(applied().getStatus()).isEqualTo(status);
              assertThat(config().get().getStatus().observedGeneration())
                  .isEqualTo(config().get().getMetadata().getGeneration());
            });
  }
}
