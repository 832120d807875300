package dev.plinth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.ControlPlaneException;
import dev.plinth.report.AddonReport;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running server whose API server gets another certificate. */
@Tag("exhaustive")
class CertificateRotationIT {

  private static final Duration RECOVERY = Duration.ofMinutes(2);
  private static final TestAddon ADDON =
      TestAddon.of(
          "certified",
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: certified, namespace: default}}");

  @TempDir Path data;
  @TempDir Path cluster;
  @TempDir Path first;
  @TempDir Path second;

  @Test
  void aCertificateOfTheSameAuthorityIsTakenAndOneOfAnotherNeedsAnotherClient() throws Exception {
    ServerCertificates authority = new ServerCertificates(first);
    Path pki = cluster.resolve("pki");
    authority.issueTo(pki);
    try (ControlPlane controlPlane =
        ControlPlane.builder()
            .dataDirectory(cluster)
            .without(Component.SCHEDULER, Component.CONTROLLER_MANAGER)
            .start()) {
      TestHost host = TestHost.of(controlPlane, data);
      try (PlinthServer server = host.start(ADDON)) {
        assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();

        controlPlane.kill(Component.API_SERVER);
        authority.issueTo(pki);
        controlPlane.start(Component.API_SERVER);

        awaitRepair(server, controlPlane.client());

        controlPlane.kill(Component.API_SERVER);
        ServerCertificates other = new ServerCertificates(second);
        other.issueTo(pki);
        // It waits with a client that knows the old authority alone, for longer than is needed
        // here.
        new Thread(() -> startInVain(controlPlane), "start of the API server").start();

        await()
            .atMost(TestHost.PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(server.status().warnings())
                        .singleElement()
                        .asString()
                        .contains("PKIX path"));
        server.close();
        try (KubernetesClient fresh = clientTrusting(other.authority(), controlPlane);
            PlinthServer next =
                Plinth.builder()
                    .client(fresh)
                    .config(host.config().build())
                    .addons(AddonCatalog.of(ADDON))
                    .start()) {
          AddonReport report = next.awaitReady(TestHost.PATIENCE);
          assertThat(report.ready()).as(report.toString()).isTrue();
          awaitRepair(next, fresh);
        }
      }
    }
  }

  private static void startInVain(ControlPlane controlPlane) {
    assertThatThrownBy(() -> controlPlane.start(Component.API_SERVER))
        .isInstanceOf(ControlPlaneException.class);
  }

  private static void awaitRepair(PlinthServer server, KubernetesClient client) {
    await().atMost(RECOVERY).untilAsserted(() -> assertThat(server.status().warnings()).isEmpty());
    client.configMaps().inNamespace("default").withName("certified").delete();
    await()
        .atMost(RECOVERY)
        .until(
            () -> client.configMaps().inNamespace("default").withName("certified").get() != null);
  }

  private static KubernetesClient clientTrusting(String authority, ControlPlane controlPlane) {
    Config config =
        new ConfigBuilder(controlPlane.clientConfig())
            .withCaCertData(Base64.getEncoder().encodeToString(authority.getBytes(US_ASCII)))
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
