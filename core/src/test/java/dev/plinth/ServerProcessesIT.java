package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.member.LeaseTimes;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.fault.ServerProcess;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Servers as processes of their own, which end and stand still as the operating system wants. */
class ServerProcessesIT {

  private static final int OBJECTS = 60;
  private static final int MIDDLE = 10;

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  @TempDir Path directory;

  private final ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
  private final KubernetesClient admin = controlPlane.client();
  private final Map<String, String> users = new LinkedHashMap<>();
  private final List<ServerProcess> processes = new ArrayList<>();

  @AfterEach
  void killAll() {
    processes.forEach(ServerProcess::close);
    admin.leases().inNamespace("kube-system").withLabel("plinth.dev/server").delete();
  }

  @Test
  void aLeaderThatIsKilledInTheMiddleOfAnApplyIsSucceeded() throws Exception {
    ManyConfigMaps objects = new ManyConfigMaps("killed", OBJECTS, "right");
    ServerProcess leader = start("a", "short", objects);
    awaitReady(leader);
    List<ServerProcess> others =
        List.of(start("b", "short", objects), start("c", "short", objects));
    others.forEach(ServerProcessesIT::awaitReady);
    Mark mark = controlPlane.mark();

    long killed = inTheMiddleOfRepairing(objects, leader::kill);

    String next = awaitLeaderOtherThan("a");
    assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(MemberHost.TAKE_OVER);
    awaitLive(objects);
    assertThat(objects.writes(requestsOf("a", mark))).isNotEmpty();
    assertThat(objects.writes(requestsOf(next, mark))).isNotEmpty();
    assertThat(objects.writes(requestsSince(mark)))
        .as("writes of each object")
        .hasSize(OBJECTS)
        .allSatisfy((name, count) -> assertThat(count).isOne());
    assertNothingDeleted(mark);

    Mark restarted = controlPlane.mark();
    awaitReady(start("a", "short", objects));
    assertThat(objects.writes(requestsSince(restarted))).isEmpty();
    assertNothingDeleted(mark);
  }

  /** Long Leases: whoever waited for one to expire would not be ready within this time. */
  @Tag("exhaustive")
  @Test
  void aServerThatIsKilledAndStartedAnewHasItsOwnLeasesAtOnce() {
    ManyConfigMaps objects = new ManyConfigMaps("restarted", MIDDLE, "right");
    ServerProcess first = start("a", "default", objects);
    awaitReady(first);
    first.kill();
    long killed = System.nanoTime();

    awaitReady(start("a", "default", objects));

    assertThat(Duration.ofNanos(System.nanoTime() - killed))
        .isLessThan(LeaseTimes.DEFAULT.duration().minusSeconds(3));
  }

  @Tag("exhaustive")
  @Test
  void aLeaderThatStandsStillForLongerThanItsLeaseComesBackAsAFollower() throws Exception {
    ManyConfigMaps objects = new ManyConfigMaps("paused", OBJECTS, "right");
    ServerProcess leader = start("a", "short", objects);
    awaitReady(leader);
    List<ServerProcess> others =
        List.of(start("b", "short", objects), start("c", "short", objects));
    others.forEach(ServerProcessesIT::awaitReady);
    Mark mark = controlPlane.mark();

    long paused = inTheMiddleOfRepairing(objects, leader::pause);

    String next = awaitLeaderOtherThan("a");
    assertThat(Duration.ofNanos(System.nanoTime() - paused)).isLessThan(MemberHost.TAKE_OVER);
    awaitLive(objects);
    Map<String, String> uids = objects.uids(admin);
    Mark resumed = controlPlane.mark();
    leader.resume();

    // It is alive again when it has renewed its own Lease.
    patiently()
        .until(
            () ->
                requestsOf("a", resumed)
                        .resource("leases.coordination.k8s.io")
                        .verb("update", "patch")
                        .filter(it -> it.code() < 300)
                        .count()
                    > 0);
    objects.deleteAll(admin);
    awaitLive(objects);
    assertThat(holder()).contains(next);
    assertThat(objects.writes(requestsOf("a", resumed)))
        .as("only what the client had been handed already")
        .hasSizeLessThanOrEqualTo(16);
    assertThat(objects.writes(requestsOf(next, resumed))).hasSizeGreaterThanOrEqualTo(OBJECTS - 16);
    assertThat(uids).hasSize(OBJECTS);
    assertNothingDeleted(mark);
  }

  @Tag("exhaustive")
  @Test
  void restartsOfOneAfterAnotherWriteNoObject() {
    ManyConfigMaps objects = new ManyConfigMaps("rolling", MIDDLE, "right");
    Map<String, ServerProcess> running = new LinkedHashMap<>();
    for (String node : List.of("a", "b", "c")) {
      running.put(node, start(node, "default", objects));
      awaitReady(running.get(node));
    }
    Map<String, String> uids = objects.uids(admin);
    Mark mark = controlPlane.mark();

    for (String node : List.of("a", "b", "c")) {
      running.get(node).terminate();
      assertThat(running.get(node).output()).contains(MemberProcess.CLOSED);
      long closed = System.nanoTime();
      String next = awaitLeaderOtherThan(node);
      assertThat(Duration.ofNanos(System.nanoTime() - closed))
          .as("nobody waits for a Lease that was given up")
          .isLessThan(Duration.ofSeconds(3));
      assertThat(next).isNotEqualTo(node);
      running.put(node, start(node, "default", objects));
      awaitReady(running.get(node));
    }

    assertThat(objects.uids(admin)).isEqualTo(uids);
    assertThat(objects.writes(requestsSince(mark))).isEmpty();
    assertNothingDeleted(mark);
  }

  private ServerProcess start(String node, String leases, ManyConfigMaps objects) {
    String user = users.computeIfAbsent(node, it -> it + "-" + UUID.randomUUID());
    ServerProcess process =
        ServerProcess.java(
            MemberProcess.class,
            directory.resolve("%s-%d.log".formatted(node, processes.size())),
            controlPlane.kubeconfig().toString(),
            user,
            node,
            directory.resolve(node).toString(),
            leases,
            objects.name(),
            String.valueOf(objects.count()),
            objects.content());
    processes.add(process);
    return process;
  }

  private static void awaitReady(ServerProcess process) {
    process.awaitOutput(MemberProcess.READY, TestHost.PATIENCE);
  }

  /**
   * Deletes all objects, and does something when some of them are there again.
   *
   * @return when that was done, as nanoseconds of the JVM
   */
  private long inTheMiddleOfRepairing(ManyConfigMaps objects, Runnable step) throws Exception {
    AtomicInteger repaired = new AtomicInteger();
    CompletableFuture<Long> done = new CompletableFuture<>();
    String version =
        admin.configMaps().inNamespace("default").list().getMetadata().getResourceVersion();
    try (Watch watch =
        admin
            .configMaps()
            .inNamespace("default")
            .withResourceVersion(version)
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, ConfigMap object) {
                    if (action == Action.ADDED && repaired.incrementAndGet() == MIDDLE) {
                      step.run();
                      done.complete(System.nanoTime());
                    }
                  }

                  @Override
                  public void onClose(WatcherException cause) {}
                })) {
      objects.deleteAll(admin);
      return done.get(TestHost.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private Optional<String> holder() {
    Lease lease = admin.leases().inNamespace("kube-system").withName("plinth").get();
    return Optional.ofNullable(lease)
        .map(it -> it.getSpec().getHolderIdentity())
        .filter(it -> !it.isEmpty())
        .map(it -> it.substring(0, it.lastIndexOf('_')));
  }

  private String awaitLeaderOtherThan(String node) {
    return patiently()
        .pollInterval(Duration.ofMillis(10))
        .until(this::holder, it -> it.isPresent() && !it.get().equals(node))
        .orElseThrow();
  }

  private void awaitLive(ManyConfigMaps objects) {
    patiently().untilAsserted(() -> assertThat(objects.live(admin)).isEqualTo(objects.expected()));
  }

  private void assertNothingDeleted(Mark mark) {
    assertThat(requestsSince(mark).writes().verb("delete", "deletecollection")).isEmpty();
  }

  private Requests requestsOf(String node, Mark mark) {
    return controlPlane.requestsSince(mark).username(users.get(node));
  }

  private Requests requestsSince(Mark mark) {
    return controlPlane.requestsSince(mark).filter(it -> users.containsValue(it.username()));
  }

  private static ConditionFactory patiently() {
    return await().atMost(TestHost.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
