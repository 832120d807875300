package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.plan.Plan;
import dev.plinth.report.AddonReport;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.crash.CrashPoints;
import dev.plinth.testkit.crash.CrashReport;
import dev.plinth.testkit.crash.CrashScenario;
import dev.plinth.testkit.crash.Snapshot;
import dev.plinth.testkit.k3s.K3sCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A takeover, or its way back, that is cut at any write is finished by the next run. */
@Tag("exhaustive")
class K3sCrashIT {

  private static final String KEPT =
      """
      {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, namespace: default}, data: {a: "1"}}
      """;

  private static final String OF_K3S =
      """
      {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, namespace: default}, data: {a: "1", b: "1"}}
      ---
      {apiVersion: v1, kind: ConfigMap, metadata: {name: goes, namespace: default}}
      ---
      {apiVersion: v1, kind: Secret, metadata: {name: kept, namespace: default}}
      """;

  private static final TestAddon ADDON =
      TestAddon.of(
          "kept",
          KEPT
              + """
              ---
              {apiVersion: v1, kind: Secret, metadata: {name: kept, namespace: default}}
              """);

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"adoption at a start", "takeover", "release"})
  void everyPointLeadsToTheSameState(String name) throws Exception {
    CrashReport report = CrashPoints.of(CONTROL_PLANE.controlPlane()).tryAll(scenario(name));

    assertThat(report.tried()).hasSize(2 * report.writes());
    report.requireSameState();
  }

  private CrashScenario scenario(String name) {
    return switch (name) {
      case "adoption at a start" ->
          new CrashScenario(name, this::leaveAsK3s, this::serve, this::state);
      case "takeover" -> new CrashScenario(name, this::leaveAsK3s, this::takeOver, this::state);
      case "release" -> new CrashScenario(name, this::apply, this::release, this::state);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private void leaveAsK3s() throws Exception {
    clear();
    try (K3sCluster k3s = K3sCluster.of(CONTROL_PLANE.controlPlane(), "n1")) {
      k3s.define();
      k3s.apply("kept", "/k3s/kept.yaml", OF_K3S);
    }
  }

  private void apply() throws Exception {
    clear();
    serve(client());
  }

  /** The same directory: a server that is started again is the same member, and leads at once. */
  private Plinth.Builder server(KubernetesClient client) {
    return Plinth.builder()
        .client(client)
        .config(ServerConfig.builder().nodeName("n1").dataDir(directory.resolve("data")).build())
        .addons(AddonCatalog.of(ADDON));
  }

  private void serve(KubernetesClient client) throws InterruptedException {
    try (PlinthServer server = server(client).start()) {
      AddonReport report = server.awaitReady(TestHost.PATIENCE);
      assertThat(report.ready()).as(report.toString()).isTrue();
    }
  }

  private void takeOver(KubernetesClient client) throws Exception {
    // A definition that has just changed cannot be listed by for a moment, and this client does not
    // try again.
    await()
        .atMost(TestHost.PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                client()
                        .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
                        .inNamespace("kube-system")
                        .list()
                        .getItems()
                        .size()
                    == 1);
    requireDone(
        Plinth.builder()
            .client(client)
            .config(ServerConfig.builder().nodeName("n1").dataDir(directory).build())
            .addons(AddonCatalog.of())
            .takeover()
            .run());
  }

  private void release(KubernetesClient client) throws Exception {
    requireDone(Plinth.builder().client(client).release().run());
  }

  private static void requireDone(Plan plan) {
    assertThat(plan.changes()).noneMatch(it -> it.preview().change() == Change.FAIL);
  }

  private String state() {
    return Snapshot.ofCluster(client());
  }

  private static void clear() {
    client().configMaps().inNamespace("default").delete();
    client().secrets().inNamespace("default").delete();
    if (client()
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName("addons.k3s.cattle.io")
            .get()
        != null) {
      client()
          .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
          .inNamespace("kube-system")
          .delete();
    }
    client().leases().inNamespace("kube-system").withLabel("plinth.dev/server").delete();
    client().v1().events().inNamespace("kube-system").delete();
  }

  private static KubernetesClient client() {
    return CONTROL_PLANE.client();
  }
}
