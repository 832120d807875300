package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.member.LeaseTimes;
import dev.plinth.report.AddonReport;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader died in the middle of its work, and so does the one that has taken over, at any of its
 * writes: when it is started again, all is as if it had not.
 */
@Tag("exhaustive")
class LeaderChangeCrashIT {

  private static final int OBJECTS = 6;
  private static final int DIED_AT = 3;

  /** As short as can be: each run waits for the dead leader's. */
  private static final LeaseTimes BRIEF =
      new LeaseTimes(Duration.ofSeconds(1), Duration.ofMillis(800), Duration.ofMillis(200));

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  @TempDir Path directory;

  private final ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
  private final KubernetesClient admin = controlPlane.client();
  private final ManyConfigMaps older = new ManyConfigMaps("heir", OBJECTS, "older");
  private final ManyConfigMaps newer = new ManyConfigMaps("heir", OBJECTS - 1, "newer");

  @Test
  void everyPointLeadsToTheSameState() throws Exception {
    CrashReport report = CrashPoints.of(controlPlane).tryAll(leaderChange());

    assertThat(report.tried()).hasSize(2 * report.writes());
    report.requireSameState();
  }

  private CrashScenario leaderChange() {
    return new CrashScenario("leader change", this::leaderDies, this::takeOver, this::state);
  }

  /** It has written some of its objects, and its Leases remain. */
  private void leaderDies() throws Exception {
    removeEverything();
    try (MemberHost old = new MemberHost(controlPlane, "old", directory.resolve("old"))) {
      CountDownLatch died = new CountDownLatch(1);
      old.writes()
          .atAnswer(
              DIED_AT,
              () -> {
                old.network().cut();
                died.countDown();
              });
      old.start(old.config().build(), BRIEF, older.addon());
      assertThat(died.await(TestHost.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    assertThat(admin.leases().inNamespace("kube-system").withName("plinth").get()).isNotNull();
  }

  private void takeOver(KubernetesClient client) throws InterruptedException {
    try (PlinthServer server =
        Plinth.builder()
            .client(client)
            .config(ServerConfig.builder().nodeName("new").dataDir(dataDir()).build())
            .addons(AddonCatalog.of(newer.addon()))
            .leaseTimes(BRIEF)
            .start()) {
      AddonReport report = server.awaitReady(TestHost.PATIENCE);
      assertThat(report.ready()).as(report.toString()).isTrue();
      assertThat(server.leads()).isTrue();
    }
  }

  private String state() throws IOException {
    assertThat(newer.live(admin)).isEqualTo(newer.expected());
    return Snapshot.ofCluster(admin) + Snapshot.ofDirectory(dataDir());
  }

  private void removeEverything() throws IOException {
    older.deleteAll(admin);
    admin.leases().inNamespace("kube-system").withLabel("plinth.dev/server").delete();
    var addons =
        admin.apiextensions().v1().customResourceDefinitions().withName("addons.k3s.cattle.io");
    addons.delete();
    addons.waitUntilCondition(Objects::isNull, TestHost.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    try (Stream<Path> all = Files.walk(directory)) {
      List<Path> files = all.filter(it -> !it.equals(directory)).toList();
      for (Path file : files.stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Path dataDir() {
    return directory.resolve("new");
  }
}
