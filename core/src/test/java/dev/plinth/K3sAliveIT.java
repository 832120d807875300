package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.Scope;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.k3s.K3sCluster;
import dev.plinth.testkit.k3s.K3sLease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a K3s that is alive runs itself is left alone, for as long as it is alive. */
class K3sAliveIT {

  /** Of its own: the definition of Addons is K3s's in it. */
  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  private static final int LEASE_SECONDS = 2;

  @TempDir Path data;
  private K3sCluster k3s;

  @BeforeEach
  void defineAsK3s(ControlPlane controlPlane) throws InterruptedException {
    k3s = K3sCluster.of(controlPlane, "n1");
    k3s.define();
  }

  @AfterEach
  void end(KubernetesClient client) {
    K3sLease.remove(client);
    k3s.close();
  }

  @Test
  void whatItRunsIsUntouchedAndTakenOverByItselfWhenItDies(
      ControlPlane controlPlane, KubernetesClient client) throws IOException, InterruptedException {
    k3s.apply("theirs", "/k3s/theirs.yaml", configMap("theirs"));
    k3s.apply("their-file", "/k3s/their-file.yaml", configMap("their-file"));
    TestHost host = TestHost.of(controlPlane, data);
    Files.createDirectories(host.manifests());
    Files.writeString(host.manifests().resolve("their-file.yaml"), configMap("their-file"));
    String definition = definitionVersion(client);
    // The clock of K3s's host is an hour behind: that says nothing about whether it is alive.
    K3sLease lease = K3sLease.renewed(client, LEASE_SECONDS, Duration.ofHours(-1));
    try (PlinthServer server =
        host.start(
            TestAddon.of("theirs", configMap("theirs")), TestAddon.of("ours", configMap("ours")))) {
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> {
                AddonStatus theirs = server.status().addon("theirs").orElseThrow();
                assertThat(theirs.state()).isEqualTo(AddonState.BLOCKED);
                assertThat(theirs.reason()).isEqualTo("OwnedByK3s");
                assertThat(theirs.message()).contains("kube-system/k3s", "--disable theirs");
                assertThat(server.status().addon("ours").orElseThrow().state())
                    .isEqualTo(AddonState.READY);
                assertThat(server.status().files())
                    .extracting(AddonStatus::reason)
                    .containsExactly("OwnedByK3s");
              });
      assertThat(
              host.requests()
                  .writes()
                  .filter(it -> Set.of("theirs", "their-file").contains(it.name())))
          .isEmpty();
      assertThat(definitionVersion(client)).isEqualTo(definition);

      lease.close();

      server.awaitReady(TestHost.PATIENCE, Scope.ADDONS_AND_FILES);
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(server.status().ready(Scope.ADDONS_AND_FILES))
                      .as(server.status().toString())
                      .isTrue());
    }
    assertThat(
            client
                .configMaps()
                .inNamespace("default")
                .withName("theirs")
                .get()
                .getMetadata()
                .getLabels())
        .doesNotContainKey("objectset.rio.cattle.io/hash");
    assertThat(definitionVersion(client)).isNotEqualTo(definition);
    assertThat(host.addon("theirs").getAdditionalProperties()).containsKey("status");
  }

  @Test
  void aK3sThatDiedWithItsClockAheadIsWaitedForAsLongAsItsLeaseLasts(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    k3s.apply("dead", "/k3s/dead.yaml", configMap("dead"));
    K3sLease.leave(client, LEASE_SECONDS, Duration.ofHours(1));
    TestHost host = TestHost.of(controlPlane, data);

    try (PlinthServer server = host.start(TestAddon.of("dead", configMap("dead")))) {
      await()
          .atMost(TestHost.PATIENCE)
          .until(
              () ->
                  server
                      .status()
                      .addon("dead")
                      .filter(it -> it.reason().equals("WaitingForK3s"))
                      .isPresent());
      await().atMost(TestHost.PATIENCE).until(() -> server.status().ready());
    }
  }

  @Test
  void aFileThatK3sStagedIsNoEditOfTheUsers(ControlPlane controlPlane)
      throws IOException, InterruptedException {
    k3s.apply("staged", "/k3s/staged.yaml", configMap("staged"));
    k3s.apply("edited", "/k3s/edited.yaml", configMap("edited"));
    TestHost host = TestHost.of(controlPlane, data);
    Files.createDirectories(host.manifests());
    Files.writeString(host.manifests().resolve("staged.yaml"), configMap("staged"));
    Files.writeString(host.manifests().resolve("edited.yaml"), configMap("by-the-user"));

    host.runReady(
        TestAddon.of("staged", configMap("staged") + "data: {new: \"1\"}\n"),
        TestAddon.of("edited", configMap("edited") + "data: {new: \"1\"}\n"));

    assertThat(data.resolve("server/manifests-edited").toFile().list())
        .hasSize(1)
        .allSatisfy(it -> assertThat(it).startsWith("edited.yaml."));
  }

  private static String definitionVersion(KubernetesClient client) {
    return client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("addons.k3s.cattle.io")
        .get()
        .getMetadata()
        .getResourceVersion();
  }

  private static String configMap(String name) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: default}
    """
        .formatted(name);
  }
}
