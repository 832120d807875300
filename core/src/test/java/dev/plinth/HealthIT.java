package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.Slot;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.LoadBalancerStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithControlPlane(nodes = 1)
class HealthIT {

  private static final Duration A_MOMENT = Duration.ofSeconds(3);

  @TempDir Path data;

  @Test
  void aDeploymentIsNotReadyWithoutAReadyPodEvenIfAllItsPodsMayBeUnavailable(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon =
        TestAddon.of(
            "podless",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: podless, namespace: default}
            spec:
              replicas: 1
              strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
              selector: {matchLabels: {app: podless}}
              template:
                metadata: {labels: {app: podless}}
                spec:
                  nodeSelector: {no-node: has-this}
                  containers: [{name: c, image: example.org/c}]
            """);
    try (PlinthServer server = host.start(addon)) {
      client
          .apps()
          .deployments()
          .inNamespace("default")
          .withName("podless")
          .waitUntilCondition(
              it ->
                  it != null
                      && it.getStatus() != null
                      && it.getStatus().getConditions().stream()
                          .anyMatch(
                              condition ->
                                  condition.getType().equals("Available")
                                      && condition.getStatus().equals("True")),
              60,
              TimeUnit.SECONDS);

      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> {
                AddonStatus status = server.status().addon("podless").orElseThrow();
                assertThat(status.state()).isNotEqualTo(AddonState.READY);
                assertThat(status.message())
                    .contains("Deployment default/podless: 0 of 1 replicas ready");
              });
    }
  }

  @Test
  void aLoadBalancerServiceWithoutAddressIsReadyIfNobodyServesIt(ControlPlane controlPlane)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);

    host.runReady(TestAddon.of("unserved", loadBalancer("unserved")));
  }

  @Test
  void aLoadBalancerServiceWithoutAddressIsHeldBackIfAnAddonServesIt(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    try (PlinthServer server =
        host.start(
            TestAddon.named("fake-lb").filling(Slot.LOAD_BALANCER),
            TestAddon.of("served", loadBalancer("served")))) {
      AddonReport waiting = server.awaitReady(A_MOMENT);
      assertThat(waiting.addon("fake-lb").orElseThrow().state()).isEqualTo(AddonState.READY);
      AddonStatus status = waiting.addon("served").orElseThrow();
      assertThat(status.state()).as(waiting.toString()).isEqualTo(AddonState.PROGRESSING);
      assertThat(status.message()).contains("Service default/served", "address");

      client
          .services()
          .inNamespace("default")
          .withName("served")
          .editStatus(
              it -> {
                it.getStatus()
                    .setLoadBalancer(
                        new LoadBalancerStatusBuilder()
                            .addNewIngress()
                            .withIp("192.0.2.1")
                            .endIngress()
                            .build());
                return it;
              });

      assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();
    }
  }

  private static String loadBalancer(String name) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: %s, namespace: default}
    spec: {type: LoadBalancer, ports: [{port: 80}]}
    """
        .formatted(name);
  }
}
