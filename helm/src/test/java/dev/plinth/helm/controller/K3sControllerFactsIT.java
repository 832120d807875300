package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.StorageDriver;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What K3s's own tests of its controller ask of it, as far as it has a meaning without a Job. */
@Tag("exhaustive")
class K3sControllerFactsIT extends OneHost {

  private static HelmHost withCommand;

  @BeforeAll
  static void useTheCommandWhereAChartAsksForIt() throws Exception {
    host.close();
    withCommand =
        HelmHost.of(client, data)
            .with(
                it ->
                    it.option(
                        ControllerSettings.COMMAND,
                        Toolbox.standard().resolve(Tool.HELM).path().toString()))
            .start()
            .awaitStarted();
  }

  @AfterAll
  static void closeIt() {
    withCommand.close();
  }

  @Test
  void each_change_of_what_a_chart_is_made_of_is_a_release() {
    secret("s1", "text: from-s1");
    secret("s2", "secret: from-s2");
    byte[] one = Charts.note("1.0.0").bytes();
    byte[] two = Charts.note("1.1.0").bytes();
    String secrets = "\"valuesSecrets\": [{\"name\": \"s1\", \"keys\": [\"v\"]}]";
    HelmChart chart =
        withCommand.create(Charts.inline(namespace, "note", one, "{" + secrets + "}"));
    withCommand.awaitReady(chart, 1);
    withCommand.edit(
        chart,
        it -> Charts.respecified(it, Charts.inline(namespace, "note", two, "{" + secrets + "}")));
    withCommand.awaitReady(chart, 2);
    withCommand.edit(
        chart,
        it ->
            Charts.respecified(
                it,
                Charts.inline(
                    namespace, "note", two, "{\"set\": {\"secret\": \"set\"}, " + secrets + "}")));
    withCommand.awaitReady(chart, 3);
    HelmChartConfig config =
        withCommand.create(
            Charts.config(
                namespace, "note", "{\"valuesSecrets\": [{\"name\": \"s2\", \"keys\": [\"v\"]}]}"));
    withCommand.awaitReady(chart, 4);
    secret("s1", "text: changed");
    withCommand.awaitReady(chart, 5);
    assertThat(text()).isEqualTo("changed");
    secret("s2", "secret: changed, text: config");
    withCommand.awaitReady(chart, 6);
    client.resource(config).delete();
    withCommand.awaitReady(chart, 7);

    withCommand.delete(chart);
    withCommand.awaitGone(chart);
    assertThat(withCommand.history(chart)).isEmpty();
  }

  @Test
  void values_have_k3ss_order() {
    HelmChart chart =
        Charts.inline(
            namespace,
            "order",
            Charts.of(
                "order", "1.0.0", "{apiVersion: v1, kind: ConfigMap, metadata: {name: order}}"),
            """
            {"set": {"test.1": "chart.set"},
             "values": {"test": {"1": "chart.values", "2": "chart.values", "4": "chart.values"}},
             "valuesContent": "test: {'1': chart.valuesContent, '2': chart.valuesContent, '3': chart.valuesContent, '4': chart.valuesContent, '5': chart.valuesContent}"}
            """);
    withCommand.create(
        Charts.config(
            namespace,
            "order",
            """
            {"values": {"test": {"1": "config.values", "2": "config.values"}},
             "valuesContent": "test: {'1': config.valuesContent, '2': config.valuesContent, '3': config.valuesContent}"}
            """));
    withCommand.create(chart);
    withCommand.awaitReady(chart, 1);

    Release release = withCommand.history(chart).get(0);
    assertThat(release.values().path("test"))
        .extracting(it -> it.asText())
        .containsExactlyInAnyOrder(
            "chart.set",
            "config.values",
            "config.valuesContent",
            "chart.values",
            "chart.valuesContent");
    assertThat(release.values().at("/test/1").asText()).isEqualTo("chart.set");
    assertThat(release.values().at("/test/2").asText()).isEqualTo("config.values");
    assertThat(release.values().at("/test/3").asText()).isEqualTo("config.valuesContent");
    assertThat(release.values().at("/test/4").asText()).isEqualTo("chart.values");
    assertThat(release.values().at("/test/5").asText()).isEqualTo("chart.valuesContent");
  }

  @Test
  void an_existing_object_becomes_the_releases_where_that_is_asked_for() {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("note")
                .endMetadata()
                .build())
        .create();

    HelmChart chart = withCommand.create(note("{\"takeOwnership\": true}"));

    withCommand.awaitReady(chart, 1);
    assertThat(configMap().getMetadata().getAnnotations())
        .containsEntry("meta.helm.sh/release-name", "note");
  }

  @Test
  void helm_2_is_refused_and_the_chart_can_be_deleted() {
    HelmChart chart = withCommand.create(note("{\"helmVersion\": \"v2\"}"));
    Verdict failed = withCommand.awaitCondition(chart, Verdict.FAILED, "True", "InvalidField");
    assertThat(failed.message()).contains("spec.helmVersion: found \"v2\", expected v3");
    assertThat(withCommand.history(chart)).isEmpty();

    withCommand.delete(chart);
    withCommand.awaitGone(chart);
  }

  @Test
  void releases_are_kept_in_configmaps_where_that_is_asked_for_and_an_engine_can() {
    HelmChart chart =
        withCommand.create(
            annotated(
                note("{\"driver\": \"configmap\", \"set\": {\"text\": \"a\"}}"),
                "plinth.dev/helm-engine",
                "cli"));
    withCommand.awaitReady(chart, 1);
    assertThat(withCommand.history(chart)).isEmpty();
    assertThat(withCommand.storage(StorageDriver.CONFIGMAP).history(HelmHost.release(chart)))
        .hasSize(1)
        .allMatch(it -> it.labels().containsKey(HelmApi.CONFIG_HASH));

    withCommand.edit(
        chart,
        it -> {
          it.getMetadata().getAnnotations().put("touched", "true");
          it.setSpec(
              Charts.chart(
                      "a",
                      "b",
                      "{\"driver\": \"configmap\", \"set\": {\"text\": \"b\"}, \"chartContent\": \"%s\"}"
                          .formatted(it.getSpec().chartContent()))
                  .getSpec());
          return it;
        });
    withCommand.awaitReady(chart, 2);
    assertThat(text()).isEqualTo("b");

    withCommand.delete(chart);
    withCommand.awaitGone(chart);
    assertThat(withCommand.storage(StorageDriver.CONFIGMAP).history(HelmHost.release(chart)))
        .isEmpty();
  }

  private void secret(String name, String values) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .addToStringData(Map.of("v", yaml(values)))
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private static String yaml(String flow) {
    return flow.contains(",") ? "{" + flow + "}" : flow;
  }
}
