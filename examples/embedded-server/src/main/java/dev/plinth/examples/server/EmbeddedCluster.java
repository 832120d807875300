package dev.plinth.examples.server;

import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.SimulatedNode;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** A cluster that this process runs: a real control plane, and nodes that are simulated. */
final class EmbeddedCluster implements Cluster {

  private static final List<Tool> PROGRAMS =
      List.of(
          Tool.ETCD,
          Tool.KUBE_APISERVER,
          Tool.KUBE_CONTROLLER_MANAGER,
          Tool.KUBE_SCHEDULER,
          Tool.SUPERVISE,
          Tool.KWOK);

  private static final Duration PATIENCE = Duration.ofHours(2);

  private final ControlPlane controlPlane;
  private final Path kubeconfig;

  private EmbeddedCluster(ControlPlane controlPlane, Path kubeconfig) {
    this.controlPlane = controlPlane;
    this.kubeconfig = kubeconfig;
  }

  /**
   * Starts the cluster of a data directory, a new one or the one that lies there, and waits until
   * it is ready.
   *
   * @throws UsageException if that is known to be impossible
   * @throws dev.plinth.controlplane.tools.ToolException if a program is missing and cannot be built
   * @throws dev.plinth.controlplane.ControlPlaneException if it does not become ready
   */
  static EmbeddedCluster start(
      ServerConfig config, DataDirectory data, Toolbox toolbox, Progress progress) {
    int port = config.option(LauncherOptions.HTTPS_LISTEN_PORT).orElseThrow();
    requireFree(port);
    ServiceNetwork network = new ServiceNetwork(data);
    network.requireUnchanged(config.serviceCidrs());
    prepare(toolbox);

    progress.step("Starting the control plane");
    network.record(config.serviceCidrs());
    List<SimulatedNode> nodes = nodes(config);
    ControlPlane.Builder builder =
        ControlPlane.builder()
            .toolbox(toolbox)
            .dataDirectory(data.controlPlane())
            .fsync(true)
            .serviceCidrs(config.serviceCidrs().toArray(String[]::new))
            .flags(
                Component.CONTROLLER_MANAGER,
                "--cluster-cidr=" + String.join(",", config.clusterCidrs()));
    nodes.forEach(builder::node);
    if (port != 0) {
      builder.port(port);
    }
    ControlPlane controlPlane = builder.start();
    try {
      removeOtherNodes(controlPlane, nodes);
      Kubeconfigs.copy(controlPlane.kubeconfig(), data.kubeconfig());
      config
          .option(LauncherOptions.WRITE_KUBECONFIG)
          .ifPresent(it -> Kubeconfigs.copy(controlPlane.kubeconfig(), it));
      return new EmbeddedCluster(controlPlane, data.kubeconfig());
    } catch (RuntimeException e) {
      controlPlane.close();
      throw e;
    }
  }

  /**
   * A toolbox that shows its work. Whoever waits for it sees progress and can end it, so that slow
   * machines may take their time.
   */
  static Toolbox toolbox(Progress progress) {
    return Toolbox.reportingTo(progress::step).withBuildLimit(PATIENCE);
  }

  /** Finds all programs of a control plane, or builds them, which takes minutes. */
  static void prepare(Toolbox toolbox) {
    PROGRAMS.forEach(toolbox::resolve);
  }

  @Override
  public KubernetesClient client() {
    return controlPlane.client();
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public boolean simulatesNodes() {
    return true;
  }

  @Override
  public void close() {
    controlPlane.close();
  }

  private static void requireFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // a port that was just given up counts as free
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UsageException(
          "port %d is not free: %s; give another --https-listen-port, or 0 for any that is free"
              .formatted(port, e.getMessage()),
          e);
    }
  }

  private static List<SimulatedNode> nodes(ServerConfig config) {
    List<String> names =
        NodeNames.of(config.nodeName(), config.option(LauncherOptions.NODES).orElseThrow());
    return IntStream.range(0, names.size())
        .mapToObj(
            it ->
                SimulatedNode.named(names.get(it))
                    .withAddresses(SimulatedNode.numbered(it + 1).addresses())
                    .withLabel("kubernetes.io/hostname", NodeNames.asLabel(names.get(it))))
        .toList();
  }

  /** Nodes of an earlier start that was told another number or name. */
  private static void removeOtherNodes(ControlPlane controlPlane, List<SimulatedNode> wanted) {
    Set<String> names = new HashSet<>();
    wanted.forEach(it -> names.add(it.name()));
    controlPlane.client().nodes().list().getItems().stream()
        .map(it -> it.getMetadata().getName())
        .filter(it -> !names.contains(it))
        .forEach(controlPlane::removeNode);
  }
}
