package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifecycleIT {

  private static final String WEB =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: web, namespace: kube-system}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: kube-system}
      spec:
        replicas: 2
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            serviceAccountName: web
            containers:
              - name: web
                image: example.org/web:1
                ports: [{containerPort: 80}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: kube-system}
      spec:
        selector: {app: web}
        ports: [{port: 80}]
      """;

  static ControlPlane controlPlane;

  @BeforeAll
  static void start() {
    controlPlane = ControlPlane.builder().nodes(1).start();
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
  }

  @Test
  void becomesReadyAndAnUnchangedRestartWritesNothing(@TempDir Path data) throws Exception {
    AddonCatalog addons = AddonCatalog.of(TestAddon.of("web", WEB));
    ServerConfig config = ServerConfig.builder().nodeName("n1").dataDir(data).build();
    var mark0 = controlPlane.mark();
    try (PlinthServer server =
        Plinth.builder().client(controlPlane.client()).addons(addons).config(config).start()) {
      AddonReport report = server.awaitReady(Duration.ofSeconds(60));
      assertThat(report.ready()).as(report.toString()).isTrue();
      System.err.println(report);
    }
    System.err.println("first: " + controlPlane.requestsSince(mark0).fieldManager("plinth"));
    var mark = controlPlane.mark();
    try (PlinthServer server =
        Plinth.builder().client(controlPlane.client()).addons(addons).config(config).start()) {
      AddonReport report = server.awaitReady(Duration.ofSeconds(60));
      assertThat(report.ready()).as(report.toString()).isTrue();
    }
    System.err.println("second: " + controlPlane.requestsSince(mark).userAgent("fabric8"));
    assertThat(controlPlane.requestsSince(mark).writes().fieldManager("plinth").list()).isEmpty();

    ServerConfig disabled =
        ServerConfig.builder().nodeName("n1").dataDir(data).disable("web").build();
    try (PlinthServer server =
        Plinth.builder().client(controlPlane.client()).addons(addons).config(disabled).start()) {
      AddonReport report = server.awaitReady(Duration.ofSeconds(60));
      assertThat(report.addon("web").orElseThrow().state()).isEqualTo(AddonState.DISABLED);
      System.err.println(report);
    }
  }
}
