package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.report.AddonReport;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three servers of one cluster, of which one loses its network at the worst of times. */
class ServerFailuresIT {

  private static final int OBJECTS = 36;
  private static final int MIDDLE = 6;

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  @TempDir Path directory;

  private final ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
  private final KubernetesClient admin = controlPlane.client();
  private final List<MemberHost> hosts = new ArrayList<>();
  private NoTwoLeaders leaders;

  @BeforeEach
  void threeHosts() {
    for (String node : List.of("a", "b", "c")) {
      hosts.add(new MemberHost(controlPlane, node, directory.resolve(node)));
    }
    leaders = NoTwoLeaders.among(hosts);
  }

  @AfterEach
  void end() throws InterruptedException {
    try {
      leaders.close();
    } finally {
      hosts.forEach(MemberHost::close);
    }
  }

  @Test
  void aLeaderThatIsCutOffInTheMiddleOfAnApplyIsSucceededAndComesBackAsAFollower()
      throws Exception {
    ManyConfigMaps objects = new ManyConfigMaps("cut", OBJECTS, "right");
    MemberHost old = startAll(objects.addon());
    Mark mark = controlPlane.mark();
    AtomicLong cut = new AtomicLong();
    old.writes()
        .atAnswer(
            MIDDLE,
            () -> {
              old.network().cut();
              cut.set(System.nanoTime());
            });

    objects.deleteAll(admin);

    MemberHost next = awaitAnotherLeader(old);
    assertThat(since(cut)).isLessThan(MemberHost.TAKE_OVER);
    awaitLive(objects);
    assertThat(old.leads()).isFalse();
    assertThat(objects.writes(requestsSince(mark)))
        .as("writes of each object")
        .hasSize(OBJECTS)
        .allSatisfy((name, count) -> assertThat(count).isOne());
    assertThat(objects.writes(next.requestsSince(mark))).as("in the middle").isNotEmpty();

    Mark restored = controlPlane.mark();
    old.network().restore();

    awaitReady(old);
    objects.deleteAll(admin);
    awaitLive(objects);
    assertThat(MemberHost.leaderOf(hosts)).isSameAs(next);
    assertThat(old.requestsSince(restored).writes()).isEmpty();
    assertThat(requestsSince(mark).writes().verb("delete", "deletecollection")).isEmpty();
  }

  /**
   * Nothing tells a leader that its requests do not arrive. Once they do, another one has set right
   * what they were to set right, and more.
   */
  @Test
  void requestsThatArriveAfterATakeOverChangeNothing() throws Exception {
    ManyConfigMaps older = new ManyConfigMaps("late", OBJECTS, "older");
    ManyConfigMaps newer = new ManyConfigMaps("late", OBJECTS, "newer");
    MemberHost old = hosts.get(0);
    old.start(older.addon());
    awaitReady(old);
    MemberHost next = hosts.get(1);
    next.start(newer.addon());
    awaitReady(next);
    assertThat(old.leads()).isTrue();
    Map<String, String> uids = older.uids(admin);
    AtomicLong stalled = new AtomicLong();
    old.writes()
        .atAnswer(
            MIDDLE,
            () -> {
              old.network().stall();
              stalled.set(System.nanoTime());
            });

    older.names().forEach(this::change);

    assertThat(awaitAnotherLeader(old)).isSameAs(next);
    assertThat(since(stalled)).isLessThan(MemberHost.TAKE_OVER);
    awaitLive(newer);
    Mark late = controlPlane.mark();
    old.network().restore();

    awaitReady(old);
    next.writes().atAnswer(1, () -> {});
    patiently()
        .during(MemberHost.SHORT.renewEvery())
        .until(() -> newer.live(admin).equals(newer.expected()));
    Requests arrived = old.requestsSince(late).resource("configmaps").verb("patch");
    assertThat(arrived.filter(it -> it.code() < 300).list()).as("have changed something").isEmpty();
    assertThat(next.writes().sent()).as("had to be set right again").isZero();
    assertThat(newer.uids(admin)).isEqualTo(uids);
  }

  @Test
  void aFollowerThatIsCutOffAndComesBackIsNoReasonToWriteAnything() throws Exception {
    ManyConfigMaps objects = new ManyConfigMaps("aside", MIDDLE, "right");
    MemberHost leader = startAll(objects.addon());
    MemberHost cut = hosts.stream().filter(it -> it != leader).findFirst().orElseThrow();
    Mark mark = controlPlane.mark();

    cut.network().cut();
    patiently().until(() -> servers(leader) == 2);
    cut.network().restore();
    patiently().until(() -> servers(leader) == 3);
    awaitReady(cut);

    assertThat(MemberHost.leaderOf(hosts)).isSameAs(leader);
    assertThat(requestsSince(mark).writes()).isEmpty();
    assertThat(objects.live(admin)).isEqualTo(objects.expected());
  }

  private static int servers(MemberHost asSeenBy) {
    return asSeenBy.server().servers().size();
  }

  private void change(String name) {
    admin
        .configMaps()
        .inNamespace("default")
        .withName(name)
        .edit(
            it -> {
              it.setData(Map.of("content", "wrong"));
              return it;
            });
  }

  /** All servers, one after another; the first leads. */
  private MemberHost startAll(TestAddon addon) throws InterruptedException {
    for (MemberHost host : hosts) {
      host.start(addon);
      awaitReady(host);
    }
    MemberHost leader = MemberHost.leaderOf(hosts);
    assertThat(leader).isSameAs(hosts.get(0));
    return leader;
  }

  private static void awaitReady(MemberHost host) throws InterruptedException {
    patiently()
        .untilAsserted(
            () -> {
              AddonReport report = host.server().awaitReady(TestHost.PATIENCE);
              assertThat(report.ready()).as(host + ": " + report).isTrue();
              assertThat(report.warnings()).as(host.node()).isEmpty();
            });
  }

  private MemberHost awaitAnotherLeader(MemberHost old) {
    return patiently()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> MemberHost.leaderOf(hosts), it -> it != null && it != old);
  }

  private void awaitLive(ManyConfigMaps objects) {
    patiently().untilAsserted(() -> assertThat(objects.live(admin)).isEqualTo(objects.expected()));
  }

  private Requests requestsSince(Mark mark) {
    List<String> nodes = hosts.stream().map(MemberHost::node).toList();
    return controlPlane
        .requestsSince(mark)
        .filter(it -> nodes.stream().anyMatch(node -> it.username().startsWith(node + "-")));
  }

  private static Duration since(AtomicLong nanoTime) {
    assertThat(nanoTime).as("the moment has come").doesNotHaveValue(0);
    return Duration.ofNanos(System.nanoTime() - nanoTime.get());
  }

  private static ConditionFactory patiently() {
    return await().atMost(TestHost.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
