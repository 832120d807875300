package dev.plinth;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.member.LeaseTimes;
import dev.plinth.testkit.fault.ApiProxy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * The host of one of several servers of a cluster: with a node name, a data directory, a user whose
 * requests can be told from all others, and a network that fails alone.
 */
final class MemberHost implements AutoCloseable {

  /** Short enough to wait for, and long enough for a machine that is busy. */
  static final LeaseTimes SHORT =
      new LeaseTimes(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(400));

  /** Within which somebody else leads when the leader has fallen silent. */
  static final Duration TAKE_OVER = SHORT.duration().multipliedBy(3).dividedBy(2);

  private final ControlPlane controlPlane;
  private final String node;
  private final Path dataDir;
  private final String user;
  private final ApiProxy network;
  private final WriteCount writes = new WriteCount("/configmaps/");
  private final KubernetesClient client;
  private PlinthServer server;

  MemberHost(ControlPlane controlPlane, String node, Path dataDir) {
    this.controlPlane = controlPlane;
    this.node = node;
    this.dataDir = dataDir;
    this.user = node + "-" + UUID.randomUUID();
    this.network = ApiProxy.before(controlPlane.server());
    this.client =
        new KubernetesClientBuilder()
            .withConfig(network.through(controlPlane.clientConfigFor(user, "system:masters")))
            .withHttpClientBuilderConsumer(it -> it.addOrReplaceInterceptor("writes", writes))
            .build();
  }

  /** A host whose requests do not only get lost, but fail in other ways too. */
  MemberHost(ControlPlane controlPlane, String node, Path dataDir, FaultProxy faults) {
    this.controlPlane = controlPlane;
    this.node = node;
    this.dataDir = dataDir;
    this.user = node + "-" + UUID.randomUUID();
    this.network = ApiProxy.before(controlPlane.server());
    this.client = faults.client(user);
  }

  String node() {
    return node;
  }

  ApiProxy network() {
    return network;
  }

  /** Its writes of ConfigMaps. */
  WriteCount writes() {
    return writes;
  }

  PlinthServer server() {
    return server;
  }

  Path manifests() {
    return dataDir.resolve("server/manifests");
  }

  /** Starts a server with short Leases. */
  PlinthServer start(Addon... addons) {
    return start(config().build(), addons);
  }

  ServerConfig.Builder config() {
    return ServerConfig.builder().nodeName(node).dataDir(dataDir);
  }

  PlinthServer start(ServerConfig config, Addon... addons) {
    return start(config, SHORT, addons);
  }

  PlinthServer start(ServerConfig config, LeaseTimes times, Addon... addons) {
    server =
        Plinth.builder()
            .client(client)
            .config(config)
            .addons(AddonCatalog.of(addons))
            .leaseTimes(times)
            .start();
    return server;
  }

  boolean leads() {
    return server != null && server.leads();
  }

  /** What this host's servers have asked for since, Leases included. */
  Requests requestsSince(Mark mark) {
    return controlPlane.requestsSince(mark).username(user);
  }

  /** Everything that this host's servers have asked for, Leases included. */
  Requests requests() {
    return controlPlane.requests().username(user);
  }

  /** As a host that loses power: nobody is told of the end. */
  void crash() {
    network.cut();
    server.close();
    network.restore();
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    client.close();
    network.close();
  }

  @Override
  public String toString() {
    return node;
  }

  /** The one of them that leads; null if none or, for a moment, more than one says that it does. */
  static MemberHost leaderOf(List<MemberHost> hosts) {
    List<MemberHost> leading = hosts.stream().filter(MemberHost::leads).toList();
    return leading.size() == 1 ? leading.get(0) : null;
  }
}
