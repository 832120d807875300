package dev.plinth.testkit.node;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A node on which pods run for real: kubelet, kube-proxy and containerd with namespaces, a cgroup
 * and a directory of their own, joined to a control plane. Nothing is downloaded: images are those
 * that are {@link #load loaded}.
 *
 * <p>{@link #close()} ends all processes, and takes mounts, devices, cgroups and files away. If the
 * JVM is killed, the processes, mounts and devices go with it too.
 */
public final class RealNode implements AutoCloseable {

  private static final String PAUSE_IMAGE = "plinth.test/pause:1";
  private static final String POD_CIDR = "10.42.0.0/24";
  private static final String CLUSTER_DNS = "10.43.0.10";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Map<String, String> PROGRAMS =
      Map.of(
          "containerd", "containerd",
          "runc", "runc",
          "nft", "nftables",
          "iptables", "iptables",
          "ip", "iproute2",
          "nsenter", "util-linux",
          "tar", "tar");

  private final String name;
  private final Path directory;
  private final KubernetesClient client;
  private final NodeCgroups cgroups;
  private final NodeLink link;
  private NodeSandbox sandbox;

  private RealNode(
      String name, Path directory, KubernetesClient client, NodeCgroups cgroups, NodeLink link) {
    this.name = name;
    this.directory = directory;
    this.client = client;
    this.cgroups = cgroups;
    this.link = link;
  }

  /** Why there can be no such node here, with what would help; empty if there can. */
  public static Optional<String> obstacle() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.of("a real node needs Linux");
    }
    List<String> missing =
        Stream.concat(
                PROGRAMS.entrySet().stream()
                    .filter(it -> !HostCommand.succeeds("sh", "-c", "command -v " + it.getKey()))
                    .map(Map.Entry::getValue),
                Stream.of(
                        Map.entry("/usr/lib/cni/bridge", "containernetworking-plugins"),
                        Map.entry("/bin/busybox", "busybox-static"))
                    .filter(it -> !Files.exists(Path.of(it.getKey())))
                    .map(Map.Entry::getValue))
            .distinct()
            .sorted()
            .toList();
    if (!missing.isEmpty()) {
      return Optional.of("a real node needs the Debian packages " + String.join(", ", missing));
    }
    return HostCommand.succeeds("unshare", "--pid", "--mount", "--net", "--fork", "true")
        ? Optional.empty()
        : Optional.of("a real node needs root, and the permission to make namespaces");
  }

  /**
   * Starts a node and waits until it is ready.
   *
   * @param controlPlane without {@link dev.plinth.controlplane.Component#NODES}, which plays all
   *     nodes; its API server reads logs of pods only if it was given {@code
   *     --kubelet-preferred-address-types=InternalIP}
   * @throws IllegalStateException if it does not become ready, with the ends of its logs; nothing
   *     is left of it then
   */
  public static RealNode start(ControlPlane controlPlane) throws IOException {
    byte[] random = new byte[4];
    ThreadLocalRandom.current().nextBytes(random);
    String id = HexFormat.of().formatHex(random);
    Path directory = Files.createTempDirectory("plinth-node-");
    RealNode node =
        new RealNode(
            "node-" + id,
            directory,
            controlPlane.client(),
            NodeCgroups.create(id),
            new NodeLink(id));
    try {
      node.start(controlPlane, Toolbox.standard());
      return node;
    } catch (IOException | RuntimeException | Error e) {
      try {
        node.close();
      } catch (RuntimeException | Error whileClosing) {
        e.addSuppressed(whileClosing);
      }
      throw e;
    }
  }

  private void start(ControlPlane controlPlane, Toolbox toolbox) throws IOException {
    sandbox = NodeSandbox.open(toolbox, directory);
    int port = controlPlane.server().getPort();
    link.connect(sandbox, port);
    NodeConfiguration configuration =
        new NodeConfiguration(
            directory,
            Map.of(
                "DIRECTORY", directory.toString(),
                "CGROUP", cgroups.path(),
                "PAUSE_IMAGE", PAUSE_IMAGE,
                "POD_CIDR", POD_CIDR,
                "CLUSTER_DNS", CLUSTER_DNS,
                "NODE", name));
    configuration.writeKubeconfig(
        controlPlane.kubeconfig(), URI.create("https://%s:%d".formatted(link.host(), port)));
    Path containerd = configuration.write("containerd.toml");
    Path kubelet = configuration.write("kubelet.yaml");
    Path proxy = configuration.write("kube-proxy.yaml");
    Files.move(
        configuration.write("pods.conflist"),
        Files.createDirectory(directory.resolve("cni")).resolve("pods.conflist"));
    publishApiServer(port);

    sandbox.start("containerd", "containerd", "--config", containerd.toString());
    await("containerd", () -> Files.exists(directory.resolve("run/containerd/containerd.sock")));
    load(NodeImage.named(PAUSE_IMAGE).withShell().entrypoint("/bin/sleep", "1000000000"));
    sandbox.start(
        "kubelet",
        toolbox.resolve(Tool.KUBELET).path().toString(),
        "--config=" + kubelet,
        "--kubeconfig=" + directory.resolve("kubeconfig"),
        "--hostname-override=" + name,
        "--node-ip=" + link.node());
    sandbox.start(
        "kube-proxy", toolbox.resolve(Tool.KUBE_PROXY).path().toString(), "--config=" + proxy);
    await("the kubelet", this::isReady);
  }

  /** By its own address, the API server can not be reached from another network. */
  private void publishApiServer(int port) {
    client
        .resource(
            new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("kubernetes")
                .addToLabels("kubernetes.io/service-name", "kubernetes")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withName("https")
                .withPort(port)
                .endPort()
                .addNewEndpoint()
                .withAddresses(link.host())
                .withNewConditions()
                .withReady(true)
                .endConditions()
                .endEndpoint()
                .build())
        .serverSideApply();
  }

  /** The name of the Node. */
  public String name() {
    return name;
  }

  /** The node's InternalIP, which this machine reaches. */
  public String address() {
    return link.node();
  }

  /** One more address that leads to the node, but does not stand in its status. */
  public String unlistedAddress() {
    return link.spare();
  }

  /** Loads an image; one of the same name is replaced, for containers that are made from now on. */
  public void load(NodeImage image) throws IOException {
    Path archive = image.writeTo(directory);
    try {
      sandbox.run("ctr", "-n", "k8s.io", "images", "import", archive.toString());
    } finally {
      Files.delete(archive);
    }
  }

  /** Forgets an image. */
  public void unload(String image) {
    sandbox.run("ctr", "-n", "k8s.io", "images", "remove", "--sync", image);
  }

  private boolean isReady() {
    Node node = client.nodes().withName(name).get();
    return node != null
        && node.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }

  /** Something that can be looked at. */
  private interface Condition {
    boolean holds();
  }

  private void await(String what, Condition condition) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.holds()) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException(
            "%s of the node is not ready within %s:%n%s".formatted(what, PATIENCE, logs()));
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while waiting for " + what, e);
      }
    }
  }

  /** The ends of the logs of the node's programs, for the message of a test that fails. */
  public String logs() {
    StringBuilder text = new StringBuilder();
    for (String program : List.of("containerd", "kubelet", "kube-proxy")) {
      List<String> lines = NodeConfiguration.read(sandbox.log(program)).lines().toList();
      text.append("--- ").append(program).append(System.lineSeparator());
      lines
          .subList(Math.max(0, lines.size() - 20), lines.size())
          .forEach(it -> text.append(it).append(System.lineSeparator()));
    }
    return text.toString();
  }

  /** Ends everything and leaves nothing, each step even if one before it failed. */
  @Override
  public void close() {
    try (AutoCloseable files = () -> NodeImage.delete(directory);
        NodeCgroups emptied = cgroups;
        NodeLink cut = link;
        AutoCloseable ended =
            () -> {
              if (sandbox != null) {
                sandbox.close();
              }
            }) {
      client.nodes().withName(name).delete();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("Can not take the node " + name + " away", e);
    }
  }
}
