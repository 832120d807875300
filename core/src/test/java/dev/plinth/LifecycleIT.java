package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.lifecycle.DataDirectoryInUseException;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.PlinthListener;
import dev.plinth.testkit.ControlPlaneExtension;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From start to close, with an API server that comes late and goes away. */
class LifecycleIT {

  private static final int MANY = 40;

  /** One for the tests that end the API server; the controllers play no role. */
  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  @TempDir Path data;

  private final ControlPlane controlPlane = CONTROL_PLANE.controlPlane();

  @Test
  void aServerThatStartsBeforeTheApiServerBecomesReadyOnceThatIsUp() throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    controlPlane.stop(Component.API_SERVER);
    try (PlinthServer server = host.start(TestAddon.of("early", configMaps("early", 1)))) {
      AddonReport waiting = server.awaitReady(Duration.ofSeconds(1));
      AddonStatus status = waiting.addon("early").orElseThrow();
      assertThat(status.state()).isEqualTo(AddonState.PROGRESSING);
      assertThat(status.reason()).isEqualTo("WaitingForServer");
      assertThat(status.message()).contains("API server");

      controlPlane.start(Component.API_SERVER);

      AddonReport report = server.awaitReady(TestHost.PATIENCE);
      assertThat(report.ready()).as(report.toString()).isTrue();
      assertThat(report.addon("early").orElseThrow().time()).isLessThan(TestHost.PATIENCE);
    } finally {
      if (!controlPlane.isRunning(Component.API_SERVER)) {
        controlPlane.start(Component.API_SERVER);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 25})
  void anApiServerThatIsKilledDuringTheApplyLeavesNothingUndone(int objects) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    String name = "killed-" + objects;
    TestAddon addon = TestAddon.of(name, configMaps(name, MANY));
    try (PlinthServer server = host.start(addon)) {
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .atMost(TestHost.PATIENCE)
          .until(() -> configMapsOf(name) >= objects);

      controlPlane.kill(Component.API_SERVER);
      controlPlane.start(Component.API_SERVER);

      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> {
                AddonReport report = server.status();
                assertThat(report.ready()).as(report.toString()).isTrue();
                assertThat(configMapsOf(name)).isEqualTo(MANY);
              });
    }
    var mark = controlPlane.mark();
    host.runReady(addon);
    assertThat(host.requestsSince(mark).writes()).isEmpty();
  }

  @Test
  void waitingEndsAtTheTimeLimitWithWhatIsKnown() throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon never =
        TestAddon.of("never", configMaps("never", 1)).probing(context -> Optional.of("not yet"));
    try (PlinthServer server = host.start(never)) {
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> server.status().addon("never").orElseThrow().message().equals("not yet"));
      Instant before = Instant.now();

      AddonReport report = server.awaitReady(Duration.ofMillis(300));

      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(2));
      assertThat(report.settled()).isFalse();
      assertThat(report.addon("never").orElseThrow().state()).isEqualTo(AddonState.PROGRESSING);
    }
  }

  @Test
  void aSecondServerWithTheSameDataDirectoryIsRefusedInThisProcess() {
    TestHost host = TestHost.of(controlPlane, data);
    try (PlinthServer first = host.start()) {
      assertThat(first.selection().addons()).isEmpty();
      assertThatThrownBy(host::start)
          .isInstanceOf(DataDirectoryInUseException.class)
          .hasMessageContaining(data.toString())
          .hasMessageContaining("--data-dir");
    }
    host.start().close();
  }

  @Test
  void aSecondServerWithTheSameDataDirectoryIsRefusedInAnotherProcess() throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    Process other =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                data.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader output = other.inputReader()) {
      assertThat(output.readLine()).isEqualTo("started");
      assertThatThrownBy(host::start).isInstanceOf(DataDirectoryInUseException.class);

      other.destroyForcibly().waitFor();

      host.start().close();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void twoServersWithTwoControlPlanesInOneJvmDoNotDisturbEachOther(@TempDir Path otherData)
      throws InterruptedException {
    TestAddon addon = TestAddon.of("twin", configMaps("twin", 1));
    TestAddon otherAddon = TestAddon.of("twin", configMaps("other-twin", 2));
    try (ControlPlane otherControlPlane =
            ControlPlane.builder()
                .without(Component.SCHEDULER, Component.CONTROLLER_MANAGER)
                .start();
        PlinthServer server = TestHost.of(controlPlane, data).start(addon);
        PlinthServer other = TestHost.of(otherControlPlane, otherData).start(otherAddon)) {
      assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();
      assertThat(other.awaitReady(TestHost.PATIENCE).ready()).isTrue();
      server.close();

      otherControlPlane
          .client()
          .configMaps()
          .inNamespace("default")
          .withName("other-twin-0")
          .delete();

      await()
          .atMost(TestHost.PATIENCE)
          .until(
              () ->
                  otherControlPlane
                          .client()
                          .configMaps()
                          .inNamespace("default")
                          .withName("other-twin-0")
                          .get()
                      != null);
    }
    assertThat(configMapsOf("twin")).isEqualTo(1);
  }

  @Test
  void closingIsQuickWhateverIsUnderWay() throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    CountDownLatch preparing = new CountDownLatch(1);
    TestAddon blocked =
        TestAddon.of("blocked", configMaps("blocked", 1))
            .preparing(
                context -> {
                  preparing.countDown();
                  new CountDownLatch(1).await();
                });

    assertClosesQuickly(host.start(TestAddon.of("starting", configMaps("starting", MANY))));

    PlinthServer inPrepare = host.start(blocked);
    preparing.await();
    assertClosesQuickly(inPrepare);

    PlinthServer inApply = host.start(TestAddon.of("closing", configMaps("closing", MANY)));
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(TestHost.PATIENCE)
        .until(() -> configMapsOf("closing") > 0);
    assertClosesQuickly(inApply);

    PlinthServer awaited = host.start(blocked);
    CountDownLatch returned = new CountDownLatch(1);
    Thread waiting =
        new Thread(
            () -> {
              try {
                awaited.awaitReady(TestHost.PATIENCE);
                returned.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    waiting.start();
    await().atMost(TestHost.PATIENCE).until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
    assertClosesQuickly(awaited);
    assertThat(returned.await(1, TimeUnit.SECONDS)).isTrue();

    host.runReady(TestAddon.of("closing", configMaps("closing", MANY)));
    assertThat(configMapsOf("closing")).isEqualTo(MANY);
  }

  @Test
  void theListenerIsToldInOrderAndAnExceptionOfItsHarmsNobody() throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    List<AddonStatus> told = new CopyOnWriteArrayList<>();
    PlinthListener listener =
        new PlinthListener() {
          @Override
          public void onStatus(AddonStatus status) {
            told.add(status);
            throw new IllegalStateException("a listener that fails");
          }
        };
    AddonReport report;
    try (PlinthServer server =
        host.server(TestAddon.of("told", configMaps("told", 1))).listener(listener).start()) {
      report = server.awaitReady(TestHost.PATIENCE);
      assertThat(report.ready()).as(report.toString()).isTrue();
    }

    assertThat(told).first().extracting(AddonStatus::state).isEqualTo(AddonState.PROGRESSING);
    assertThat(told).last().isEqualTo(report.addon("told").orElseThrow());
    assertThat(told).doesNotHaveDuplicates();
  }

  private static void assertClosesQuickly(PlinthServer server) {
    Instant before = Instant.now();
    server.close();
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(2));
  }

  private int configMapsOf(String addon) {
    return controlPlane
        .client()
        .configMaps()
        .inNamespace("default")
        .withLabel("plinth.dev/addon", addon)
        .list()
        .getItems()
        .size();
  }

  private static String configMaps(String name, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s-%d, namespace: default}}\n"
                    .formatted(name, i))
        .collect(Collectors.joining("---\n"));
  }
}
