package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.helm.chart.TestArchive;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a HelmChart's user sees of the objects of its release, on a real API server. */
@WithControlPlane(nodes = 1)
class ChartObjectsIT {

  private static final String TEMPLATE =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replicas: 1
        selector: {matchLabels: {app: web}}
        template:
          metadata:
            labels: {app: web}
            annotations: { {{- with .Values.simulate }}plinth.dev/simulate: {{ . }}{{ end -}} }
          spec: {containers: [{name: web, image: "example.org/web:1"}]}
      """;

  @TempDir static Path data;

  private static ControlPlane controlPlane;
  private static KubernetesClient client;
  private static HelmHost host;
  private String namespace;

  @BeforeAll
  static void start(ControlPlane shared) throws Exception {
    controlPlane = shared;
    client = shared.client();
    host = HelmHost.of(client, data).start();
    assertThat(host.server().awaitReady(HelmHost.PATIENCE).addons())
        .allMatch(it -> it.state().settled());
  }

  @AfterAll
  static void close() {
    host.close();
  }

  @BeforeEach
  void newNamespace() {
    namespace = HelmHost.namespace(client);
  }

  private static TestArchive chart(String version) {
    return Charts.of("web", version, TEMPLATE).with("web/values.yaml", "simulate: \"\"\n");
  }

  private HelmChart install(TestArchive archive, String values) {
    return host.create(
        Charts.inline(namespace, "web", archive, "{\"values\": {%s}}".formatted(values)));
  }

  private int replicas() {
    return client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName("web")
        .get()
        .getSpec()
        .getReplicas();
  }

  @Test
  void a_chart_is_ready_when_its_objects_are_and_says_what_keeps_them() {
    byte[] archive = chart("1.0.0").bytes();
    HelmChart chart =
        host.create(
            Charts.inline(
                namespace, "web", archive, "{\"values\": {\"simulate\": \"image-error\"}}"));
    Verdict cause = host.awaitCondition(chart, Verdict.READY, "False", "ImagePull");
    assertThat(cause.message()).contains("Pod %s/web-".formatted(namespace), "example.org/web:1");
    assertThat(HelmHost.condition(host.live(chart).getStatus(), Verdict.RELEASED).isTrue())
        .isTrue();

    host.edit(
        chart,
        it ->
            Charts.respecified(
                it,
                Charts.inline(namespace, "web", archive, "{\"values\": {\"simulate\": \"\"}}")));
    HelmChart ready = host.awaitReady(chart, 2);
    assertThat(HelmHost.condition(ready.getStatus(), Verdict.READY).message())
        .isEqualTo("1 of 1 objects are as they should be");
  }

  @Test
  void what_somebody_changes_is_put_back_within_two_seconds_without_a_new_revision() {
    HelmChart chart = install(chart("1.0.0"), "");
    host.awaitReady(chart, 1);
    client.apps().deployments().inNamespace(namespace).withName("web").scale(3);
    long start = System.nanoTime();
    await().pollInterval(Duration.ofMillis(20)).until(() -> replicas() == 1);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    await()
        .untilAsserted(
            () ->
                assertThat(host.events(chart, "DriftRepaired"))
                    .singleElement()
                    .extracting(Event::getMessage)
                    .asString()
                    .contains("Deployment %s/web: spec.replicas by ".formatted(namespace))
                    .contains("kubectl annotate deployment.apps web -n " + namespace));
    client.apps().deployments().inNamespace(namespace).withName("web").delete();
    await()
        .until(
            () -> client.apps().deployments().inNamespace(namespace).withName("web").get() != null);
    host.awaitReady(chart, 1);
    assertThat(host.history(chart)).hasSize(1);
  }

  @Test
  void a_chart_may_ask_to_be_told_only() {
    HelmChart told = Charts.inline(namespace, "web", chart("1.0.0"), "{}");
    told.getMetadata().setAnnotations(java.util.Map.of("plinth.dev/drift", "warn"));
    HelmChart chart = host.create(told);
    host.awaitReady(chart, 1);
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName("web")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE)
                .withFieldManager("kubectl-edit")
                .build(),
            "{\"spec\": {\"replicas\": 2}}");
    Verdict drifted = host.awaitCondition(chart, Verdict.DRIFTED, "True", "DriftDetected");
    assertThat(drifted.message())
        .isEqualTo("Deployment %s/web: spec.replicas by kubectl-edit".formatted(namespace));
    assertThat(replicas()).isEqualTo(2);
    host.awaitReady(chart, 1);

    Mark mark = controlPlane.mark();
    client.apps().deployments().inNamespace(namespace).withName("web").scale(1);
    host.awaitStatus(chart, status -> assertThat(Verdict.of(status, Verdict.DRIFTED)).isEmpty());
    assertThat(controlPlane.requestsSince(mark).fieldManager("helm").writes().count()).isZero();
  }

  @Test
  void definitions_are_there_before_the_chart_and_change_with_it() {
    String group = namespace + ".example.org";
    TestArchive first = chart("1.0.0").with("web/crds/all.yaml", definition(group, "a"));
    HelmChart chart = install(first, "");
    host.awaitReady(chart, 1);
    assertThat(client.supports(group + "/v1", "Thing")).isTrue();
    host.edit(
        chart,
        it ->
            Charts.respecified(
                it,
                Charts.inline(
                    namespace,
                    "web",
                    chart("1.1.0").with("web/crds/all.yaml", definition(group, "b")),
                    "{}")));
    host.awaitReady(chart, 2);
    assertThat(
            client
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("things." + group)
                .get()
                .getSpec()
                .getVersions()
                .get(0)
                .getSchema()
                .getOpenAPIV3Schema()
                .getProperties())
        .containsOnlyKeys("b");
    host.delete(chart);
    host.awaitGone(chart);
    assertThat(client.supports(group + "/v1", "Thing")).isTrue();
  }

  private static String definition(String group, String field) {
    return """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: things.%1$s}
    spec:
      group: %1$s
      scope: Namespaced
      names: {kind: Thing, plural: things}
      versions:
        - name: v1
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, properties: {%2$s: {type: string}}}}
    """
        .formatted(group, field);
  }
}
