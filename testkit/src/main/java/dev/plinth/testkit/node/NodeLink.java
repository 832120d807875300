package dev.plinth.testkit.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The wire between the machine and the node's network, and the way over it to the API server, which
 * listens to 127.0.0.1 only: for this wire alone, its port is passed on to there.
 */
final class NodeLink implements AutoCloseable {

  /** Addresses set aside for measurements of networks, which nobody's network has. */
  private static final String NETWORK = "198.18.%d.";

  private static final Path BRIDGED = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");

  private final String id;
  private final String device;
  private final String network;

  NodeLink(String id) {
    this.id = id;
    this.device = "pl-" + id;
    this.network = NETWORK.formatted(ThreadLocalRandom.current().nextInt(256));
  }

  /** The machine's address. */
  String host() {
    return network + 1;
  }

  /** The node's address. */
  String node() {
    return network + 2;
  }

  /** An address that leads to the node too, and that nobody is told. */
  String spare() {
    return network + 3;
  }

  /** Lays the wire. */
  void connect(NodeSandbox sandbox, int apiServerPort) {
    String pid = Long.toString(sandbox.pid());
    HostCommand.run(
        "ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", pid);
    HostCommand.run("ip", "address", "add", host() + "/24", "dev", device);
    HostCommand.run("ip", "link", "set", device, "up");
    for (String address : new String[] {node(), spare()}) {
      sandbox.run("ip", "address", "add", address + "/24", "dev", "eth0");
    }
    sandbox.run("ip", "link", "set", "eth0", "up");
    sandbox.run("ip", "route", "add", "default", "via", host());
    sandbox.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    if (!Files.exists(BRIDGED)) {
      HostCommand.run("modprobe", "br_netfilter");
    }
    // So that what goes from pod to pod by a Service's address comes past kube-proxy's rules.
    sandbox.run("sh", "-c", "echo 1 > " + BRIDGED);
    HostCommand.run(
        "sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/%s/route_localnet".formatted(device));
    HostCommand.run(
        Optional.of(
            """
            table ip %s {
              chain prerouting {
                type nat hook prerouting priority -100;
                iifname "%s" ip daddr %s tcp dport %d dnat to 127.0.0.1:%4$d
              }
            }
            """
                .formatted(table(), device, host(), apiServerPort)),
        List.of("nft", "-f", "-"));
  }

  /** Removes what is on the machine's side; the device goes with the other one. */
  @Override
  public void close() {
    if (HostCommand.succeeds("nft", "list", "table", "ip", table())) {
      HostCommand.run("nft", "delete", "table", "ip", table());
    }
    if (HostCommand.succeeds("ip", "link", "show", device)) {
      // The namespace may be about to go, and the device with it.
      HostCommand.succeeds("ip", "link", "delete", device);
    }
  }

  private String table() {
    return "plinth_node_" + id;
  }
}
