package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Requests;
import dev.plinth.plan.Plan;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users lay over the objects of add-ons. */
@WithControlPlane
class OverlayIT {

  private static final String APPLIED = "OverlaysApplied";

  @TempDir Path data;

  @Test
  void overlaysAreAppliedFromTheStartWatchedAndTheirRemovalRestoresThePackagedValue(
      ControlPlane controlPlane, KubernetesClient client) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon = addon("ov-life");
    write("ov-life", "a.yaml", mergePatch("ov-life", "a: '2', c: '3'"));
    write(
        "ov-life",
        "b.json",
        """
        {"target": {"kind": "Service", "name": "ov-life"},
         "patch": [{"op": "replace", "path": "/spec/ports/0/port", "value": 8080}]}
        """);
    try (PlinthServer server = host.start(addon)) {
      assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();

      // Never with the packaged values before.
      assertThat(writesOf(host, "ov-life")).isEqualTo(1);
      assertThat(values(client, "ov-life")).isEqualTo(Map.of("a", "2", "b", "1", "c", "3"));
      assertThat(port(client, "ov-life")).isEqualTo(8080);
      assertThat(overlays(client, "ov-life")).containsOnlyKeys("a.yaml", "b.json");
      assertThat(overlays(client, "ov-life.applied")).isEqualTo(overlays(client, "ov-life"));
      assertThat(condition(client, "ov-life")).containsExactly("True", "Applied", "a.yaml, b.json");

      write("ov-life", "a.yaml", mergePatch("ov-life", "b: null"));
      eventually()
          .untilAsserted(() -> assertThat(values(client, "ov-life")).isEqualTo(Map.of("a", "1")));

      // As of the manifest: what somebody else changes is set back.
      client
          .configMaps()
          .inNamespace("default")
          .withName("ov-life")
          .edit(it -> new ConfigMapBuilder(it).addToData("a", "drifted").build());
      eventually()
          .untilAsserted(() -> assertThat(values(client, "ov-life")).isEqualTo(Map.of("a", "1")));

      Files.delete(file("ov-life", "a.yaml"));
      Files.delete(file("ov-life", "b.json"));
      eventually()
          .untilAsserted(
              () -> {
                assertThat(values(client, "ov-life")).isEqualTo(Map.of("a", "1", "b", "1"));
                assertThat(port(client, "ov-life")).isEqualTo(80);
                assertThat(overlayMap(client, "ov-life")).isNull();
                assertThat(overlayMap(client, "ov-life.applied")).isNull();
                assertThat(condition(client, "ov-life")).isEmpty();
              });
      assertThat(server.status().warnings()).isEmpty();
    }
  }

  @Test
  void anUnchangedRestartWithOverlaysWritesNothingAndAsksNothing(ControlPlane controlPlane)
      throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    write("ov-idle", "a.yaml", mergePatch("ov-idle", "a: '2'"));
    host.runReady(addon("ov-idle"));
    var mark = controlPlane.mark();

    host.runReady(addon("ov-idle"));

    Requests requests = host.requestsSince(mark);
    assertThat(requests.writes()).isEmpty();
    assertThat(requests.verb("patch")).as("dry runs").isEmpty();
    // ConfigMaps and Services of the add-on, Addons, and the ConfigMaps of overlays.
    assertThat(requests.verb("list").count()).as(requests.toString()).isLessThanOrEqualTo(4);
  }

  @Test
  void whatWorkedBeforeStaysInForceWhileAnOverlayDoesNotAlsoWithAnotherManifestAfterARestart(
      ControlPlane controlPlane, KubernetesClient client) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    write("ov-bad", "a.yaml", mergePatch("ov-bad", "a: '2'"));
    write("ov-bad", "port.yaml", servicePatch("ov-bad", "8080"));
    try (PlinthServer server = host.start(addon("ov-bad"))) {
      assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();

      write("ov-bad", "port.yaml", servicePatch("ov-bad", "-1"));
      eventually()
          .untilAsserted(
              () ->
                  assertThat(condition(client, "ov-bad"))
                      .startsWith("False", "OverlayRefused")
                      .last()
                      .asString()
                      .contains("overlays/ov-bad/port.yaml", "spec.ports", "stays in force"));
      assertThat(port(client, "ov-bad")).isEqualTo(8080);
      assertThat(values(client, "ov-bad")).containsEntry("a", "2");
      assertThat(server.status().warnings())
          .singleElement()
          .asString()
          .contains("overlays/ov-bad/port.yaml");
      assertThat(server.status().addon("ov-bad").orElseThrow().state()).isEqualTo(AddonState.READY);

      // Others work all the same.
      write("ov-bad", "a.yaml", mergePatch("ov-bad", "a: '3'"));
      eventually()
          .untilAsserted(() -> assertThat(values(client, "ov-bad")).containsEntry("a", "3"));
    }
    assertThat(events(host, "ov-bad")).hasSize(1);

    write("ov-bad", "a.yaml", "a: [");
    TestAddon next =
        TestAddon.of("ov-bad", MANIFEST.replace("NAME", "ov-bad").replace("b: '1'", "b: '9'"));
    try (PlinthServer server = host.start(next)) {
      AddonReport report = server.awaitReady(TestHost.PATIENCE);

      assertThat(report.ready()).isTrue();
      assertThat(values(client, "ov-bad")).isEqualTo(Map.of("a", "3", "b", "9"));
      assertThat(port(client, "ov-bad")).isEqualTo(8080);
      assertThat(condition(client, "ov-bad"))
          .startsWith("False", "OverlayInvalid")
          .last()
          .asString()
          .contains("overlays/ov-bad/a.yaml:2:1", "overlays/ov-bad/port.yaml");

      write("ov-bad", "a.yaml", mergePatch("ov-bad", "a: '4'"));
      write("ov-bad", "port.yaml", servicePatch("ov-bad", "9090"));
      eventually()
          .untilAsserted(
              () -> {
                assertThat(condition(client, "ov-bad")).startsWith("True");
                assertThat(port(client, "ov-bad")).isEqualTo(9090);
                assertThat(server.status().warnings()).isEmpty();
              });
    }
  }

  @Test
  void whatMatchesNothingIsToldAndSoIsADirectoryOfNobody(
      ControlPlane controlPlane, KubernetesClient client) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    write("ov-none", "a.yaml", mergePatch("other", "a: '2'"));
    write("ov-nome", "a.yaml", mergePatch("ov-none", "a: '2'"));
    write(
        "ov-none",
        "secret.yaml",
        "{apiVersion: v1, kind: Secret, metadata: {name: x}, data: {a: aGlkZGVu}}");
    Files.writeString(data.resolve("server/overlays/a.yaml"), "{}");

    AddonReport report = host.runReady(addon("ov-none"));

    assertThat(values(client, "ov-none")).containsEntry("a", "1");
    assertThat(condition(client, "ov-none"))
        .startsWith("False", "OverlayInvalid")
        .last()
        .asString()
        .contains(
            "overlays/ov-none/a.yaml:1:1: the add-on declares no ConfigMap default/other",
            "ConfigMap default/ov-none, Service default/ov-none",
            "overlays/ov-none/secret.yaml:1:24: kind: found Secret");
    assertThat(overlays(client, "ov-none")).containsOnlyKeys("a.yaml");
    assertThat(report.warnings())
        .hasSize(4)
        .anySatisfy(it -> assertThat(it).contains("no add-on 'ov-nome', did you mean 'ov-none'?"))
        .anySatisfy(it -> assertThat(it).contains("overlays/a.yaml: expected a directory"))
        .noneSatisfy(it -> assertThat(it).contains("aGlkZGVu"));
  }

  @Test
  void theConfigMapCanBeEditedAndADifferentFileOnDiskIsToldAndTakesOverWhenItChanges(
      ControlPlane controlPlane, KubernetesClient client) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    write("ov-edit", "a.yaml", mergePatch("ov-edit", "a: '2'"));
    try (PlinthServer server = host.start(addon("ov-edit"))) {
      assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();

      client
          .configMaps()
          .inNamespace("kube-system")
          .withName("plinth-overlay-ov-edit")
          .edit(
              it ->
                  new ConfigMapBuilder(it)
                      .addToData("a.yaml", mergePatch("ov-edit", "a: edited"))
                      .addToData("extra.yaml", mergePatch("ov-edit", "b: edited"))
                      .build());
      eventually()
          .untilAsserted(
              () ->
                  assertThat(values(client, "ov-edit"))
                      .isEqualTo(Map.of("a", "edited", "b", "edited")));
      eventually()
          .untilAsserted(
              () ->
                  assertThat(server.status().warnings())
                      .singleElement()
                      .asString()
                      .contains("overlays/ov-edit/a.yaml: the cluster has another content"));
    }
    try (PlinthServer server = host.start(addon("ov-edit"))) {
      assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();
      assertThat(values(client, "ov-edit")).containsEntry("a", "edited");

      write("ov-edit", "a.yaml", mergePatch("ov-edit", "a: '5'"));
      eventually()
          .untilAsserted(
              () -> {
                assertThat(values(client, "ov-edit")).isEqualTo(Map.of("a", "5", "b", "edited"));
                assertThat(server.status().warnings()).isEmpty();
              });
    }
    // The only server that has the file may change it while nobody looks.
    write("ov-edit", "a.yaml", mergePatch("ov-edit", "a: '6'"));
    host.runReady(addon("ov-edit"));
    assertThat(values(client, "ov-edit")).containsEntry("a", "6");
  }

  @Test
  void thePlanShowsWhatAnOverlayWouldChangeAndFromWhichFile(ControlPlane controlPlane)
      throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    host.runReady(addon("ov-plan"));
    write("ov-plan", "a.yaml", mergePatch("ov-plan", "a: '2'"));
    write("ov-plan", "b.yaml", mergePatch("nobody", "a: '2'"));

    Plan plan = host.plan(addon("ov-plan"));

    assertThat(plan.toString())
        .contains(
            "ov-plan  change  ConfigMap default/ov-plan: with overlays/ov-plan/a.yaml",
            "data.a: \"1\" -> \"2\"",
            "create  ConfigMap kube-system/plinth-overlay-ov-plan");
    assertThat(plan.warnings())
        .singleElement()
        .asString()
        .contains("overlays/ov-plan/b.yaml:1:1: the add-on declares no ConfigMap default/nobody");

    Files.delete(file("ov-plan", "b.yaml"));
    host.runReady(addon("ov-plan"));
    assertThat(host.plan(addon("ov-plan")).changes()).isEmpty();
  }

  private static final String MANIFEST =
      """
      {apiVersion: v1, kind: ConfigMap, metadata: {name: NAME, namespace: default}, data: {a: '1', b: '1'}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: NAME, namespace: default}
      spec: {selector: {app: NAME}, ports: [{name: web, port: 80}]}
      """;

  private static TestAddon addon(String name) {
    return TestAddon.of(name, MANIFEST.replace("NAME", name));
  }

  private static String mergePatch(String name, String data) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default}, data: {%s}}"
        .formatted(name, data);
  }

  private static String servicePatch(String name, String port) {
    return "{apiVersion: v1, kind: Service, metadata: {name: %s}, spec: {ports: [{name: web, port: %s}]}}"
        .formatted(name, port);
  }

  private Path file(String addon, String name) {
    return data.resolve("server/overlays").resolve(addon).resolve(name);
  }

  /** As editors do it. */
  private void write(String addon, String name, String content) throws IOException {
    Files.createDirectories(file(addon, name).getParent());
    Path temporary = Files.writeString(data.resolve("temporary"), content);
    Files.move(temporary, file(addon, name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static ConditionFactory eventually() {
    return await().atMost(TestHost.PATIENCE);
  }

  private static Map<String, String> values(KubernetesClient client, String name) {
    return client.configMaps().inNamespace("default").withName(name).get().getData();
  }

  private static int port(KubernetesClient client, String name) {
    return client
        .services()
        .inNamespace("default")
        .withName(name)
        .get()
        .getSpec()
        .getPorts()
        .get(0)
        .getPort();
  }

  private static Map<String, String> overlays(KubernetesClient client, String name) {
    return overlayMap(client, name).getData();
  }

  private static ConfigMap overlayMap(KubernetesClient client, String name) {
    return client.configMaps().inNamespace("kube-system").withName("plinth-overlay-" + name).get();
  }

  /** Status, reason and message. */
  private static List<String> condition(KubernetesClient client, String addon) {
    GenericKubernetesResource resource =
        client
            .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
            .inNamespace("kube-system")
            .withName(addon)
            .get();
    List<Map<String, String>> conditions = resource.get("status", "conditions");
    return conditions.stream()
        .filter(it -> it.get("type").equals(APPLIED))
        .findFirst()
        .map(it -> List.of(it.get("status"), it.get("reason"), it.get("message")))
        .orElse(List.of());
  }

  private static List<String> events(TestHost host, String addon) {
    return host.events(addon).stream()
        .filter(it -> it.getReason().equals("OverlayFailed"))
        .map(it -> it.getMessage())
        .toList();
  }

  private static long writesOf(TestHost host, String configMap) {
    return host.requests().writes().resource("configmaps").stream()
        .filter(it -> it.name().equals(configMap))
        .count();
  }
}
