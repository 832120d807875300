package dev.plinth.addons.coredns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The add-on in a server, on a control plane whose nodes run its pod. */
class CoreDnsAddonIT {

  @RegisterExtension
  private static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(it -> it.nodes(3));

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path dataDir;

  @AfterEach
  void removeTheAddon() throws Exception {
    configMap().delete();
    try (PlinthServer server = start("coredns")) {
      server.awaitReady(PATIENCE);
    }
  }

  @Test
  void isReadyAndItsPodNeverWaitedForNodeHosts() throws Exception {
    Mark start = controlPlane().mark();

    try (PlinthServer server = start()) {
      awaitReady(server);
    }

    assertThat(nodeHosts()).contains("172.31.0.1 node-1\n", "172.31.0.2 node-2\n");
    List<Request> writes = controlPlane().requestsSince(start).writes().list();
    assertThat(firstOf(writes, "configmaps", "plinth-coredns"))
        .isLessThan(firstOf(writes, "deployments", "plinth"));
    assertThat(client().nodes().list().getItems()).flatMap(HasMetadata::getFinalizers).isEmpty();
  }

  @Test
  void preparesNothingAtARestartSinceNoPodWaitsForIt() throws Exception {
    try (PlinthServer server = start()) {
      awaitReady(server);
    }
    Mark restart = controlPlane().mark();

    try (PlinthServer server = start()) {
      awaitReady(server);
    }

    assertThat(controlPlane().requestsSince(restart).verb("get").resource("configmaps").list())
        .isEmpty();
  }

  @Test
  void leavesTheNumberOfReplicasToTheUser() throws Exception {
    try (PlinthServer server = start()) {
      awaitReady(server);
      client().apps().deployments().inNamespace("kube-system").withName("coredns").scale(2);
    }
    try (PlinthServer server = start()) {
      awaitReady(server);
    }

    assertThat(
            client()
                .apps()
                .deployments()
                .inNamespace("kube-system")
                .withName("coredns")
                .get()
                .getSpec()
                .getReplicas())
        .isEqualTo(2);
  }

  @Test
  void restoresADeletedConfigMapWithBothItsKeys() throws Exception {
    try (PlinthServer server = start()) {
      awaitReady(server);
      String before = nodeHosts();

      configMap().delete();

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(configMap().get()).isNotNull();
                assertThat(configMap().get().getData())
                    .containsKey("Corefile")
                    .containsEntry("NodeHosts", before);
              });
    }
  }

  @Test
  void leavesTheConfigMapOfAnotherDnsServerAlone() throws Exception {
    ConfigMap kubeadms =
        client()
            .resource(
                new ConfigMapBuilder()
                    .withNewMetadata()
                    .withNamespace("kube-system")
                    .withName("coredns")
                    .endMetadata()
                    .addToData("Corefile", ".:53 {}\n")
                    .build())
            .fieldManager("kubeadm")
            .serverSideApply();

    try (PlinthServer server = start()) {
      AddonReport report = server.awaitReady(PATIENCE);

      assertThat(report.addon("coredns").orElseThrow())
          .satisfies(
              it -> {
                assertThat(it.state()).as("%s", report).isEqualTo(AddonState.FAILED);
                assertThat(it.reason()).isEqualTo("ForeignObject");
              });
    }
    assertThat(configMap().get()).isEqualTo(kubeadms);
  }

  private PlinthServer start(String... disabled) {
    return Plinth.builder()
        .client(client())
        .config(
            ServerConfig.builder().dataDir(dataDir).nodeName("server").disable(disabled).build())
        .addons(AddonCatalog.of(new CoreDnsAddon()))
        .start();
  }

  private static void awaitReady(PlinthServer server) throws InterruptedException {
    AddonReport report = server.awaitReady(PATIENCE);
    assertThat(report.ready()).as("%s", report).isTrue();
  }

  private static int firstOf(List<Request> writes, String resource, String fieldManager) {
    for (int i = 0; i < writes.size(); i++) {
      if (writes.get(i).resource().equals(resource)
          && writes.get(i).fieldManager().equals(fieldManager)) {
        return i;
      }
    }
    throw new AssertionError("no %s by %s in %s".formatted(resource, fieldManager, writes));
  }

  private static String nodeHosts() {
    return configMap().get().getData().get("NodeHosts");
  }

  private static Resource<ConfigMap> configMap() {
    return client().configMaps().inNamespace("kube-system").withName("coredns");
  }

  private static ControlPlane controlPlane() {
    return CONTROL_PLANE.controlPlane();
  }

  private static KubernetesClient client() {
    return CONTROL_PLANE.client();
  }
}
