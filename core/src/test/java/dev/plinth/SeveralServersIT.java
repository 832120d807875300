package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.addon.Addon;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.member.LeaseTimes;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.ServerStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers of one cluster, each with a node and a data directory of its own, in one JVM. */
@WithControlPlane
class SeveralServersIT {

  private static final LeaseTimes TIMES =
      new LeaseTimes(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(300));
  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  @TempDir Path disks;

  private final Deque<PlinthServer> running = new ArrayDeque<>();
  private ControlPlane controlPlane;

  @BeforeEach
  void remember(ControlPlane given) {
    controlPlane = given;
  }

  @AfterEach
  void closeAll() {
    while (!running.isEmpty()) {
      running.pop().close();
    }
  }

  @Test
  void oneAppliesWhatAllTell() throws Exception {
    Set<String> reconciling = ConcurrentHashMap.newKeySet();
    TestAddon addon =
        addon("shared")
            .reconciling(
                context -> {
                  reconciling.add(context.config().nodeName());
                  return List.of();
                });
    PlinthServer first = start(node("a"), addon);
    ready(first);
    Node other = node("b");
    Mark mark = controlPlane.mark();

    PlinthServer second = start(other, addon);
    AddonReport report = ready(second);

    assertThat(first.leads()).isTrue();
    assertThat(second.leads()).isFalse();
    assertThat(report.addon("shared").orElseThrow().message()).endsWith("(on server a)");
    assertThat(report.addon("shared").orElseThrow().objects()).isEqualTo(1);
    assertThat(second.servers()).extracting(ServerStatus::node).containsExactly("a", "b");
    assertThat(second.servers()).extracting(ServerStatus::leads).containsExactly(true, false);
    assertThat(other.writesSince(mark)).as("writes of the one that follows").isEmpty();
    assertThat(other.host().eventReasons("shared")).containsOnlyOnce("AppliedManifest");
    assertThat(reconciling).containsExactly("a");
  }

  @Test
  void theNextOneLeadsAtOnceWhenTheLeaderCloses() throws Exception {
    TestAddon addon = addon("passed-on");
    Node host = node("b");
    PlinthServer first = start(node("a"), addon);
    ready(first);
    PlinthServer second = start(host, addon);
    ready(second);
    String uid = object("passed-on").getMetadata().getUid();
    Mark mark = controlPlane.mark();

    first.close();

    await().atMost(A_MOMENT).until(second::leads);
    await()
        .untilAsserted(
            () -> {
              assertThat(json(host, "passed-on").at("/status/instance").asText()).isEqualTo("b");
              assertThat(status(second, "passed-on").message()).doesNotContain("on server");
            });
    assertThat(object("passed-on").getMetadata().getUid()).isEqualTo(uid);
    assertThat(host.writesSince(mark))
        .as("who finds all as it is to be tells where its file lies, and that it is who says so")
        .extracting(it -> it.resource() + "/" + it.subresource())
        .containsExactly("addons/", "addons/status");
    controlPlane.client().configMaps().inNamespace("default").withName("passed-on").delete();
    await().until(() -> object("passed-on") != null);
  }

  @Test
  void anAddonRunsIfAnyServerWantsIt() throws Exception {
    TestAddon addon = addon("wanted");
    Node host = node("a");
    PlinthServer first = start(host, host.disabling("wanted"), addon);
    assertThat(settled(first).addon("wanted").orElseThrow().state()).isEqualTo(AddonState.DISABLED);

    PlinthServer second = start(node("b"), addon);
    ready(second);

    assertThat(first.leads()).isTrue();
    assertThat(settled(first).addon("wanted").orElseThrow().state()).isEqualTo(AddonState.READY);
    assertThat(host.manifest("wanted.yaml")).exists();
    String told =
        "'wanted' is disabled on server a and not on b: it runs until every server disables it";
    await()
        .untilAsserted(
            () -> {
              assertThat(first.status().warnings()).contains(told);
              assertThat(second.status().warnings()).contains(told);
              assertThat(json(host, "wanted").at("/status/conditions").findValuesAsText("type"))
                  .contains("DisableDiffers");
              assertThat(host.host().events("wanted"))
                  .filteredOn(it -> it.getReason().equals("DisableDiffers"))
                  .extracting(Event::getMessage)
                  .containsExactly(told);
            });

    second.close();

    await().untilAsserted(() -> assertThat(object("wanted")).isNull());
    await()
        .untilAsserted(
            () -> assertThat(status(first, "wanted").state()).isEqualTo(AddonState.DISABLED));
    assertThat(first.status().warnings()).doesNotContain(told);
    assertThat(host.manifest("wanted.yaml")).doesNotExist();
  }

  @Test
  void anAddonGoesWhenEveryServerDisablesIt() throws Exception {
    TestAddon addon = addon("unwanted");
    Node a = node("a");
    Node b = node("b");
    PlinthServer first = start(a, addon);
    PlinthServer second = start(b, addon);
    ready(first);
    ready(second);

    second.close();
    PlinthServer again = start(b, b.disabling("unwanted"), addon);
    assertThat(settled(again).addon("unwanted").orElseThrow().state()).isEqualTo(AddonState.READY);
    first.close();

    await().untilAsserted(() -> assertThat(object("unwanted")).isNull());
    PlinthServer last = start(a, a.disabling("unwanted"), addon);
    assertThat(settled(last).addon("unwanted").orElseThrow().state())
        .isEqualTo(AddonState.DISABLED);
    assertThat(last.leads()).isFalse();
    assertThat(a.manifest("unwanted.yaml")).doesNotExist();
  }

  @Test
  void whoHasMoreOfWhatIsWantedLeads() throws Exception {
    TestAddon common = addon("common");
    TestAddon more = addon("more");
    PlinthServer first = start(node("a"), common);
    ready(first);
    String uid = object("common").getMetadata().getUid();

    PlinthServer second = start(node("b"), common, more);
    ready(second);

    await().untilAsserted(() -> assertThat(second.leads()).isTrue());
    assertThat(first.leads()).isFalse();
    assertThat(object("more")).isNotNull();
    assertThat(object("common").getMetadata().getUid()).isEqualTo(uid);
    await()
        .untilAsserted(
            () -> assertThat(status(first, "common").message()).endsWith("(on server b)"));
  }

  @Test
  void whatTheLeaderDoesNotHaveIsToldOnEveryServer() throws Exception {
    TestAddon common = addon("old-and-new");
    TestAddon dropped = addon("dropped");
    PlinthServer old = start(node("a"), "1.0.0", common, dropped);
    ready(old);

    PlinthServer newer = start(node("b"), "2.0.0", common);

    await()
        .untilAsserted(
            () -> {
              for (PlinthServer server : List.of(old, newer)) {
                assertThat(server.status().addon("dropped"))
                    .map(AddonStatus::toString)
                    .contains(
                        "dropped BLOCKED (NotOnLeader) it is enabled on server a, but server b"
                            + " leads, which does not have it");
              }
            });
    assertThat(newer.leads()).isTrue();
    assertThat(object("dropped")).isNotNull();
    assertThat(settled(old).settled()).isTrue();

    old.close();
    await().untilAsserted(() -> assertThat(newer.status().addon("dropped")).isEmpty());
  }

  @Test
  void theNewestVersionLeadsAndStaysIt() throws Exception {
    Node a = node("a");
    PlinthServer old = start(a, "1.0.0", addon("versioned", "old"));
    ready(old);

    PlinthServer newer = start(node("b"), "2.0.0", addon("versioned", "new"));
    await()
        .untilAsserted(() -> assertThat(object("versioned").getData()).containsEntry("v", "new"));
    old.close();
    PlinthServer oldAgain = start(a, "1.0.0", addon("versioned", "old"));

    assertThat(settled(oldAgain).addon("versioned").orElseThrow().state())
        .isEqualTo(AddonState.READY);
    assertThat(newer.leads()).isTrue();
    assertThat(oldAgain.leads()).isFalse();
    assertThat(object("versioned").getData()).containsEntry("v", "new");
  }

  @Test
  void aServerWithOtherSettingsDoesNothing() throws Exception {
    TestAddon addon = addon("settled");
    Node b = node("b");
    PlinthServer first = start(node("a"), addon);
    ready(first);
    Mark mark = controlPlane.mark();

    PlinthServer second = start(b, b.config().clusterDomain("example.org").build(), addon);
    AddonStatus status = settled(second).addon("settled").orElseThrow();

    assertThat(status.state()).isEqualTo(AddonState.FAILED);
    assertThat(status.reason()).isEqualTo("SettingsDiffer");
    assertThat(status.message()).contains("--cluster-domain", "example.org", "cluster.local", "a");
    assertThat(b.host().requestsSince(mark).writes()).isEmpty();
    assertThat(b.manifest("settled.yaml")).doesNotExist();

    first.close();
    await().untilAsserted(() -> assertThat(second.leads()).isTrue());
    await()
        .untilAsserted(
            () -> assertThat(status(second, "settled").state()).isEqualTo(AddonState.READY));
  }

  /** A server's node, with the host that runs there. */
  private record Node(String name, TestHost host) {

    ServerConfig.Builder config() {
      return host.config().nodeName(name);
    }

    ServerConfig disabling(String addon) {
      return config().disable(addon).build();
    }

    Path manifest(String file) {
      return host.manifests().resolve(file);
    }

    /** What it has written since; Leases do not count. */
    List<Request> writesSince(Mark mark) {
      return host.requestsSince(mark).writes().list();
    }
  }

  private Node node(String name) {
    return new Node(name, TestHost.of(controlPlane, disks.resolve(name)));
  }

  private PlinthServer start(Node node, Addon... addons) {
    return start(node, node.config().build(), addons);
  }

  private PlinthServer start(Node node, ServerConfig config, Addon... addons) {
    return started(node.host().server(config, addons));
  }

  private PlinthServer start(Node node, String version, Addon... addons) {
    return started(node.host().server(node.config().build(), addons).version(version));
  }

  private PlinthServer started(Plinth.Builder builder) {
    PlinthServer server = builder.leaseTimes(TIMES).start();
    running.push(server);
    return server;
  }

  private static AddonReport settled(PlinthServer server) throws InterruptedException {
    AddonReport report = server.awaitReady(TestHost.PATIENCE);
    assertThat(report.settled()).as(report.toString()).isTrue();
    return report;
  }

  private static AddonReport ready(PlinthServer server) throws InterruptedException {
    AddonReport report = server.awaitReady(TestHost.PATIENCE);
    assertThat(report.ready()).as(report.toString()).isTrue();
    return report;
  }

  private static AddonStatus status(PlinthServer server, String addon) {
    return server.status().addon(addon).orElseThrow();
  }

  private ConfigMap object(String name) {
    return controlPlane.client().configMaps().inNamespace("default").withName(name).get();
  }

  private static JsonNode json(Node node, String addon) {
    return Json.tree(Serialization.asJson(node.host().addon(addon)));
  }

  private static TestAddon addon(String name) {
    return addon(name, "1");
  }

  private static TestAddon addon(String name, String value) {
    return TestAddon.of(
        name,
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default}, data: {v: '%s'}}"
            .formatted(name, value));
  }
}
