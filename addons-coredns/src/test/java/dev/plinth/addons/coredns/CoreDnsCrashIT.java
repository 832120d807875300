package dev.plinth.addons.coredns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.SimulatedNode;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.PlinthListener;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.crash.CrashPoints;
import dev.plinth.testkit.crash.CrashReport;
import dev.plinth.testkit.crash.CrashScenario;
import dev.plinth.testkit.crash.Snapshot;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that ends at any write of the add-on's, and is started again. */
class CoreDnsCrashIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int STRIDE_OF_A_SAMPLE = 5;

  /** Nobody runs the pod: the states compared are those of what Plinth itself writes. */
  @RegisterExtension
  private static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          it -> it.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER, Component.NODES));

  @TempDir private Path directory;

  @BeforeEach
  void addNodes() {
    CONTROL_PLANE
        .controlPlane()
        .addNodes(List.of(SimulatedNode.numbered(1), SimulatedNode.numbered(2)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"first apply", "disable"})
  void aSampleOfPointsLeadsToTheSameState(String scenario) throws Exception {
    CrashReport report = crashPoints().tryEvery(STRIDE_OF_A_SAMPLE, scenario(scenario));

    assertThat(report.tried()).isNotEmpty();
    report.requireSameState();
  }

  @Tag("exhaustive")
  @ParameterizedTest
  @ValueSource(strings = {"first apply", "disable"})
  void everyPointLeadsToTheSameState(String scenario) throws Exception {
    CrashReport report = crashPoints().tryAll(scenario(scenario));

    assertThat(report.tried()).hasSize(2 * report.writes());
    report.requireSameState();
  }

  private CrashScenario scenario(String name) {
    return switch (name) {
      case "first apply" ->
          new CrashScenario(name, this::removeEverything, this::apply, this::state);
      case "disable" ->
          new CrashScenario(
              name,
              () -> {
                removeEverything();
                apply(client());
              },
              this::disable,
              this::state);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Runs a server until all is applied and told; the Deployment's pod is all that is missing. */
  private void apply(KubernetesClient client) throws InterruptedException {
    CountDownLatch applied = new CountDownLatch(1);
    PlinthListener listener =
        new PlinthListener() {
          @Override
          public void onStatus(AddonStatus status) {
            if (status.objects() > 0 && status.message().startsWith("Deployment")) {
              applied.countDown();
            }
          }
        };
    try (PlinthServer server = server(client).listener(listener).start()) {
      assertThat(applied.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("%s", server.status())
          .isTrue();
    }
  }

  private void disable(KubernetesClient client) throws InterruptedException {
    try (PlinthServer server = server(client, "coredns").start()) {
      AddonReport report = server.awaitReady(PATIENCE);
      assertThat(report.addons())
          .as("%s", report)
          .extracting(AddonStatus::state)
          .containsExactly(AddonState.DISABLED);
    }
  }

  private Plinth.Builder server(KubernetesClient client, String... disabled) {
    return Plinth.builder()
        .client(client)
        .config(
            ServerConfig.builder().dataDir(dataDir()).nodeName("server").disable(disabled).build())
        .addons(AddonCatalog.of(new CoreDnsAddon()));
  }

  private String state() throws IOException {
    return Snapshot.ofCluster(client()) + Snapshot.ofDirectory(dataDir());
  }

  private void removeEverything() throws IOException {
    KubernetesClient client = client();
    client.configMaps().inNamespace("kube-system").withName("coredns").delete();
    client.serviceAccounts().inNamespace("kube-system").withName("coredns").delete();
    client.services().inNamespace("kube-system").withName("kube-dns").delete();
    client.apps().deployments().inNamespace("kube-system").withName("coredns").delete();
    client.rbac().clusterRoles().withName("system:coredns").delete();
    client.rbac().clusterRoleBindings().withName("system:coredns").delete();
    var addons =
        client.apiextensions().v1().customResourceDefinitions().withName("addons.k3s.cattle.io");
    addons.delete();
    addons.waitUntilCondition(Objects::isNull, PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (Files.exists(dataDir())) {
      List<Path> files;
      try (Stream<Path> all = Files.walk(dataDir())) {
        files = all.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private CrashPoints crashPoints() {
    return CrashPoints.of(CONTROL_PLANE.controlPlane()).longestRun(PATIENCE);
  }

  private Path dataDir() {
    return directory.resolve("data");
  }

  private static KubernetesClient client() {
    return CONTROL_PLANE.client();
  }
}
