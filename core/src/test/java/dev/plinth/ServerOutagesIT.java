package dev.plinth;

import static dev.plinth.FaultProxy.cutAnswers;
import static dev.plinth.FaultProxy.slow;
import static dev.plinth.FaultProxy.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.FaultProxy.Fault;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.report.AddonReport;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two servers whose API server goes away, falls silent, or answers one of them with errors. */
@Tag("exhaustive")
class ServerOutagesIT {

  private static final int OBJECTS = 12;

  /** An informer that has lost its watch looks again after pauses that grow to half a minute. */
  private static final Duration RECOVERY = Duration.ofMinutes(2);

  /** What makes a leader one that cannot renew its Lease. */
  private static final Map<String, Fault> DISABLING =
      Map.of(
          "500",
          status(500, "InternalError", Optional.empty()),
          "503",
          status(503, "ServiceUnavailable", Optional.empty()),
          "429 with Retry-After",
          status(429, "TooManyRequests", Optional.of(Duration.ofSeconds(1))),
          "answers cut short",
          cutAnswers(),
          "answers that come too late",
          slow(MemberHost.SHORT.duration().multipliedBy(2)));

  /** What a leader lives with. */
  private static final Map<String, Fault> BEARABLE =
      Map.of(
          "409 to writes",
          status(409, "Conflict", Optional.empty()).only("PATCH", "configmaps"),
          "503 to writes",
          status(503, "ServiceUnavailable", Optional.empty()).only("PATCH", "configmaps"),
          "answers to writes cut short",
          cutAnswers().only("PATCH", "configmaps"),
          "slow answers",
          slow(Duration.ofMillis(100)),
          "watches that have expired",
          status(410, "Expired", Optional.empty()).only("GET", "watch=true"));

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  @TempDir Path directory;

  private final ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
  private final KubernetesClient admin = controlPlane.client();
  private final ManyConfigMaps objects = new ManyConfigMaps("outage", OBJECTS, "right");
  private FaultProxy faults;
  private List<MemberHost> hosts;
  private NoTwoLeaders leaders;

  @BeforeEach
  void twoServers() throws InterruptedException {
    faults = new FaultProxy(controlPlane.clientConfig());
    hosts =
        List.of(
            new MemberHost(controlPlane, "a", directory.resolve("a"), faults),
            new MemberHost(controlPlane, "b", directory.resolve("b")));
    leaders = NoTwoLeaders.among(hosts);
    for (MemberHost host : hosts) {
      host.start(objects.addon());
      awaitWell(host);
    }
    assertThat(MemberHost.leaderOf(hosts)).isSameAs(hosts.get(0));
  }

  @AfterEach
  void end() throws InterruptedException {
    try {
      leaders.close();
    } finally {
      hosts.forEach(MemberHost::close);
      faults.close();
      objects.deleteAll(admin);
    }
  }

  @Test
  void aRestartOfTheApiServerLeavesOneLeaderAndNothingToDo() throws Exception {
    Mark mark = controlPlane.mark();

    controlPlane.kill(Component.API_SERVER);
    controlPlane.start(Component.API_SERVER);

    awaitOneLeader();
    assertNothingWritten(mark);
    awaitThatTheyWork();
  }

  @Test
  void anOutageThatIsLongerThanTheLeasesLeavesOneLeaderAndNothingToDo() throws Exception {
    Mark mark = controlPlane.mark();

    controlPlane.kill(Component.API_SERVER);
    patiently().until(() -> hosts.stream().noneMatch(MemberHost::leads));
    await().pollDelay(MemberHost.TAKE_OVER).until(() -> true);
    assertThat(hosts).noneMatch(MemberHost::leads);
    controlPlane.start(Component.API_SERVER);

    awaitOneLeader();
    assertNothingWritten(mark);
    awaitThatTheyWork();
  }

  @Test
  void anApiServerThatFallsSilentLeavesOneLeaderAndNothingToDo() throws Exception {
    Mark mark = controlPlane.mark();

    signal("-STOP");
    try {
      patiently().until(() -> hosts.stream().noneMatch(MemberHost::leads));
    } finally {
      signal("-CONT");
    }

    awaitOneLeader();
    assertNothingWritten(mark);
    awaitThatTheyWork();
  }

  static Stream<String> disabling() {
    return DISABLING.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("disabling")
  void aLeaderThatIsAnsweredBadlyIsSucceededAndComesBackAsAFollower(String fault) throws Exception {
    MemberHost old = hosts.get(0);
    MemberHost next = hosts.get(1);
    Mark mark = controlPlane.mark();
    faults.begin(DISABLING.get(fault));
    faults.cutConnections();
    long begun = System.nanoTime();

    objects.deleteAll(admin);

    patiently().pollInterval(Duration.ofMillis(5)).until(next::leads);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(MemberHost.TAKE_OVER);
    awaitLive();
    faults.end();

    awaitWell(old);
    assertThat(next.leads()).isTrue();
    assertThat(old.leads()).isFalse();
    assertNoDoubleWork(mark);
    awaitThatTheyWork();
  }

  static Stream<String> bearable() {
    return BEARABLE.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("bearable")
  void aFaultThatLetsALeaderRenewItsLeaseIsNoReasonForAnotherOne(String fault) throws Exception {
    MemberHost leader = hosts.get(0);
    MemberHost follower = hosts.get(1);
    Mark mark = controlPlane.mark();
    faults.begin(BEARABLE.get(fault));
    faults.cutConnections();

    objects.deleteAll(admin);

    await()
        .during(MemberHost.TAKE_OVER)
        .atMost(TestHost.PATIENCE)
        .until(() -> leader.leads() && !follower.leads());
    faults.end();
    awaitLive();
    awaitWell(leader);
    awaitWell(follower);
    assertThat(leader.leads()).isTrue();
    assertThat(objects.writes(follower.requestsSince(mark))).isEmpty();
    awaitThatTheyWork();
  }

  /**
   * Whoever leads sets right what somebody changes, once, and the other tells of the same state.
   */
  private void awaitThatTheyWork() throws InterruptedException {
    for (MemberHost host : hosts) {
      awaitWell(host);
    }
    Mark mark = controlPlane.mark();
    objects.deleteAll(admin);
    awaitLive();
    assertNoDoubleWork(mark);
    for (MemberHost host : hosts) {
      awaitWell(host);
    }
  }

  private void assertNoDoubleWork(Mark mark) {
    assertThat(objects.writes(controlPlane.requestsSince(mark).filter(this::isOurs)))
        .hasSize(OBJECTS)
        .allSatisfy((name, count) -> assertThat(count).as(name).isOne());
  }

  private void assertNothingWritten(Mark mark) {
    assertThat(objects.writes(controlPlane.requestsSince(mark).filter(this::isOurs))).isEmpty();
    assertThat(
            controlPlane
                .requestsSince(mark)
                .filter(this::isOurs)
                .writes()
                .verb("delete", "deletecollection"))
        .isEmpty();
  }

  private boolean isOurs(Request request) {
    return hosts.stream().anyMatch(it -> request.username().startsWith(it.node() + "-"));
  }

  private void awaitOneLeader() throws InterruptedException {
    patiently().until(() -> MemberHost.leaderOf(hosts) != null);
    for (MemberHost host : hosts) {
      awaitWell(host);
    }
    assertThat(MemberHost.leaderOf(hosts)).isNotNull();
  }

  private void awaitLive() {
    patiently().untilAsserted(() -> assertThat(objects.live(admin)).isEqualTo(objects.expected()));
  }

  private static void awaitWell(MemberHost host) throws InterruptedException {
    patiently()
        .untilAsserted(
            () -> {
              AddonReport report = host.server().status();
              assertThat(report.ready()).as(host + ": " + report).isTrue();
              assertThat(report.warnings()).as(host.node()).isEmpty();
            });
  }

  private void signal(String signal) throws IOException, InterruptedException {
    long pid = controlPlane.pid(Component.API_SERVER).orElseThrow();
    assertThat(new ProcessBuilder("kill", signal, String.valueOf(pid)).start().waitFor()).isZero();
  }

  private static ConditionFactory patiently() {
    return await().atMost(RECOVERY.toSeconds(), TimeUnit.SECONDS);
  }
}
