package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.PlinthListener;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A running server whose API server goes away and comes back. */
class OutageIT {

  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  /** An informer that has lost its watch looks again after pauses that grow to half a minute. */
  private static final Duration RECOVERY = Duration.ofMinutes(2);

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  @TempDir Path data;

  private final ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
  private final KubernetesClient client = controlPlane.client();
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  @AfterEach
  void haveAnApiServer() {
    if (!controlPlane.isRunning(Component.API_SERVER)) {
      controlPlane.start(Component.API_SERVER);
    }
    // Who was closed while there was none could not give its Leases up.
    client.leases().inNamespace("kube-system").withLabel("plinth.dev/server").delete();
  }

  @Test
  void restartsAreToldOnceEachAndLeaveNoMoreWatchesAndThreadsThanBefore() throws Exception {
    restarts("restarted", thread -> thread.getName().startsWith("plinth-"));
  }

  /** Idle threads of the client's pools end after a minute only. */
  @Tag("exhaustive")
  @Test
  void restartsLeaveNoMoreThreadsInTheWholeProgramThanBefore() throws Exception {
    restarts("thrice-restarted", thread -> true);
  }

  private void restarts(String name, Predicate<Thread> counted) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    try (PlinthServer server = start(host, name)) {
      // What the host's client starts once, at the first loss of a connection.
      restart();
      awaitRecovery(server, name);
      Map<String, Integer> watches = OpenWatches.at(client);
      long threads = threads().stream().filter(counted).count();
      warnings.clear();

      for (int i = 1; i <= 3; i++) {
        restart();
        awaitRecovery(server, name);
        assertThat(warnings).hasSize(i);
      }

      patiently().untilAsserted(() -> assertThat(OpenWatches.at(client)).isEqualTo(watches));
      patiently()
          .untilAsserted(
              () ->
                  assertThat(threads().stream().filter(counted).count())
                      .isLessThanOrEqualTo(threads));
    }
  }

  @Test
  void causesAreFoundAfterARestartAsBefore() throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    try (PlinthServer server = host.server(TestAddon.of("sick", pod("sick"))).start()) {
      // The server's own, that of the pods that are ours, and that of this one, which is looked at
      // closer.
      patiently().until(() -> OpenWatches.at(client).getOrDefault("pods", 0) == 3);
      patiently().until(() -> OpenWatches.at(client).getOrDefault("events", 0) == 1);
      Map<String, Integer> watches = OpenWatches.at(client);

      restart();
      patiently().untilAsserted(() -> assertThat(server.status().warnings()).isEmpty());
      patiently().untilAsserted(() -> assertThat(OpenWatches.at(client)).isEqualTo(watches));
      cannotPull("sick");

      patiently()
          .untilAsserted(
              () ->
                  assertThat(server.status().addon("sick").orElseThrow().message())
                      .contains("image example.org/sick:1", "manifest unknown"));
    }
  }

  private static String pod(String name) {
    return """
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: %1$s, namespace: default}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: %1$s, namespace: default}
    spec:
      serviceAccountName: %1$s
      containers: [{name: main, image: "example.org/%1$s:1"}]
    """
        .formatted(name);
  }

  private void cannotPull(String pod) {
    client
        .pods()
        .inNamespace("default")
        .withName(pod)
        .editStatus(
            it ->
                new PodBuilder(it)
                    .editOrNewStatus()
                    .addNewContainerStatus()
                    .withName("main")
                    .withImage("example.org/" + pod + ":1")
                    .withNewState()
                    .withNewWaiting()
                    .withReason("ErrImagePull")
                    .withMessage("manifest unknown")
                    .endWaiting()
                    .endState()
                    .endContainerStatus()
                    .endStatus()
                    .build());
  }

  @Test
  void anOutageIsInTheReportForAsLongAsItLasts() throws Exception {
    outage("away", Duration.ofSeconds(10));
  }

  @Tag("exhaustive")
  @Test
  void anOutageOfAMinuteIsInTheReportForAsLongAsItLasts() throws Exception {
    outage("long-away", Duration.ofMinutes(1));
  }

  private void outage(String name, Duration length) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    try (PlinthServer server = start(host, name)) {
      controlPlane.kill(Component.API_SERVER);

      await()
          .during(length)
          .atMost(length.plus(TestHost.PATIENCE))
          .until(
              () -> {
                AddonReport report = server.status();
                return report.warnings().size() == 1
                    && report.warnings().get(0).contains("API server has not answered since")
                    && report.addon(name).orElseThrow().state() == AddonState.READY;
              });
      controlPlane.start(Component.API_SERVER);

      awaitRecovery(server, name);
      assertThat(warnings).hasSize(1);
    }
  }

  /** It keeps its connections: no watch ends, and no request is answered. */
  @Tag("exhaustive")
  @Test
  void aServerThatFallsSilentIsToldWithinFortySecondsAndFoundAgain() throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    try (PlinthServer server = start(host, "silent")) {
      signal("-STOP");
      try {
        await()
            .atMost(Duration.ofSeconds(40))
            .untilAsserted(
                () ->
                    assertThat(server.status().warnings())
                        .singleElement()
                        .asString()
                        .contains("it accepts requests, but answers none"));
      } finally {
        signal("-CONT");
      }

      awaitRecovery(server, "silent");
      assertThat(warnings).hasSize(1);
    }
  }

  private void signal(String signal) throws IOException, InterruptedException {
    long pid = controlPlane.pid(Component.API_SERVER).orElseThrow();
    assertThat(new ProcessBuilder("kill", signal, String.valueOf(pid)).start().waitFor()).isZero();
  }

  @Test
  void aWatchWhoseVersionTheServerNoLongerHasBeginsAnew() throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    try (PlinthServer server = start(host, "expired")) {
      // Objects that Plinth's selector leaves aside take the cluster's version away from Plinth's.
      for (int i = 0; i < 20; i++) {
        client.resource(configMap("version-" + i)).serverSideApply();
      }
      Mark mark = controlPlane.mark();
      restart();

      awaitRecovery(server, "expired");

      Requests since = host.requestsSince(mark).resource("configmaps");
      assertThat(
              since.verb("watch").filter(it -> it.code() == 410).count()
                  + since.verb("list").count())
          .as(since.toString())
          .isPositive();
    }
  }

  @Test
  void closingIsQuickWhileTheApiServerIsAway() throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    PlinthServer idle = start(host, "idle");
    controlPlane.kill(Component.API_SERVER);
    patiently().until(() -> !idle.status().warnings().isEmpty());
    assertEndsAtOnce(idle::close);

    PlinthServer waiting = host.start(addon("waiting"));
    patiently()
        .until(
            () -> waiting.status().addon("waiting").orElseThrow().reason().startsWith("Waiting"));
    assertEndsAtOnce(waiting::close);
  }

  @Test
  void interruptionsEndWaitingAndClosingAtOnce() throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    controlPlane.kill(Component.API_SERVER);
    FutureTask<Void> waiting =
        new FutureTask<>(
            () -> {
              try (PlinthServer server = host.start(addon("interrupted"))) {
                server.awaitReady(RECOVERY);
              }
              return null;
            });
    Thread thread = new Thread(waiting, "host");
    thread.start();
    patiently().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

    thread.interrupt();

    assertThatThrownBy(() -> waiting.get(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS))
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(threads()).noneMatch(it -> it.getName().startsWith("plinth-"));
  }

  @Test
  void aStartAndACloseOnAThreadThatIsInterruptedAlreadyEndAtOnceToo() throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    FutureTask<Boolean> interrupted =
        new FutureTask<>(
            () -> {
              Thread.currentThread().interrupt();
              host.start(addon("flagged")).close();
              return Thread.currentThread().isInterrupted();
            });

    new Thread(interrupted, "host").start();

    assertThat(interrupted.get(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    patiently()
        .untilAsserted(
            () -> assertThat(threads()).noneMatch(it -> it.getName().startsWith("plinth-")));
  }

  /** A server that is ready, and tells its warnings. */
  private PlinthServer start(TestHost host, String name) throws InterruptedException {
    PlinthServer server =
        host.server(addon(name))
            .listener(
                new PlinthListener() {
                  @Override
                  public void onWarning(String warning) {
                    warnings.add(warning);
                  }
                })
            .start();
    AddonReport report = server.awaitReady(TestHost.PATIENCE);
    assertThat(report.ready()).as(report.toString()).isTrue();
    return server;
  }

  private void restart() {
    controlPlane.kill(Component.API_SERVER);
    controlPlane.start(Component.API_SERVER);
  }

  /** The report is as before, and what happens to objects is noticed and answered. */
  private void awaitRecovery(PlinthServer server, String name) {
    patiently().untilAsserted(() -> assertThat(server.status().warnings()).isEmpty());
    client.configMaps().inNamespace("default").withName(name).delete();
    patiently()
        .untilAsserted(
            () -> {
              assertThat(client.configMaps().inNamespace("default").withName(name).get())
                  .isNotNull();
              assertThat(server.status().ready()).as(server.status().toString()).isTrue();
            });
  }

  private static void assertEndsAtOnce(Runnable end) throws Exception {
    FutureTask<Void> task = new FutureTask<>(end, null);
    new Thread(task, "host").start();
    task.get(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static ConditionFactory patiently() {
    return await().atMost(RECOVERY);
  }

  private static TestAddon addon(String name) {
    return TestAddon.of(
        name,
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default}}"
            .formatted(name));
  }

  private static ConfigMap configMap(String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("default")
        .withName(name)
        .endMetadata()
        .build();
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .collect(Collectors.toSet());
  }
}
