package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an add-on's own code throws is that add-on's failure, and nobody else's. */
@WithControlPlane
class AddonCodeIT {

  private static final String CAUSE = "what the add-on says";

  @TempDir Path data;

  private TestHost host;

  @BeforeEach
  void begin(ControlPlane controlPlane) {
    host = TestHost.of(controlPlane, data);
  }

  @Test
  void anExceptionInPrepareIsTheAddonsFailureAndIsTriedAgain() throws InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    TestAddon failing =
        addon("unprepared")
            .preparing(
                context -> {
                  if (attempts.incrementAndGet() < 3) {
                    throw new IllegalStateException(CAUSE);
                  }
                });
    try (PlinthServer server = host.start(failing, addon("bystander-1"))) {
      assertFailureOfOne(server.awaitReady(TestHost.PATIENCE), "unprepared", "bystander-1");

      await().atMost(TestHost.PATIENCE).until(() -> server.status().ready());
    }
    assertThat(attempts).hasValue(3);
  }

  @Test
  void codeThatDoesNotFitTheClassPathIsTheAddonsFailure() throws InterruptedException {
    TestAddon failing =
        addon("unlinked")
            .preparing(
                context -> {
                  throw new NoClassDefFoundError(CAUSE);
                });

    assertFailureOfOne(host.run(failing, addon("bystander-2")), "unlinked", "bystander-2");
  }

  @Test
  void anExceptionInTheStartOfAReconcilerIsTheAddonsFailure() throws InterruptedException {
    TestAddon failing =
        addon("unreconciled")
            .reconciling(
                context -> {
                  throw new IllegalStateException(CAUSE);
                });

    assertFailureOfOne(host.run(failing, addon("bystander-3")), "unreconciled", "bystander-3");
  }

  @Test
  void anExceptionInAProbeKeepsTheAddonFromBeingReadyUntilItPasses() throws InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    TestAddon failing =
        addon("unproven")
            .probing(
                context -> {
                  if (attempts.incrementAndGet() < 3) {
                    throw new IllegalStateException(CAUSE);
                  }
                  return Optional.empty();
                });
    try (PlinthServer server = host.start(failing, addon("bystander-4"))) {
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(server.status().ready()).as(server.status().toString()).isTrue();
              });
    }
    assertThat(attempts).hasValue(3);
  }

  @Test
  void anExceptionInCleanUpIsToldAndKeepsTheObjectsUntilItSucceeds() throws InterruptedException {
    host.runReady(addon("untidy"), addon("bystander-5"));
    AtomicBoolean mended = new AtomicBoolean();
    TestAddon failing =
        addon("untidy")
            .cleaningUp(
                context -> {
                  if (!mended.get()) {
                    throw new IllegalStateException(CAUSE);
                  }
                });
    ServerConfig disabled = host.config().disable("untidy").build();
    try (PlinthServer server = host.server(disabled, failing, addon("bystander-5")).start()) {
      assertFailureOfOne(server.awaitReady(TestHost.PATIENCE), "untidy", "bystander-5");
      assertThat(host.addon("untidy")).isNotNull();

      mended.set(true);
      await().atMost(TestHost.PATIENCE).until(() -> host.addon("untidy") == null);
    }
  }

  private static void assertFailureOfOne(AddonReport report, String failing, String bystander) {
    AddonStatus status = report.addon(failing).orElseThrow();
    assertThat(status.state()).as(report.toString()).isEqualTo(AddonState.FAILED);
    assertThat(status.message()).contains(CAUSE);
    assertThat(report.addon(bystander).orElseThrow().state()).isEqualTo(AddonState.READY);
  }

  private static TestAddon addon(String name) {
    return TestAddon.of(
        name,
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default}}"
            .formatted(name));
  }
}
