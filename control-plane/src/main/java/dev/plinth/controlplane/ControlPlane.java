package dev.plinth.controlplane;

import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/**
 * A running Kubernetes control plane that belongs to this JVM. {@link #close()} ends it; the end of
 * the JVM does too, however it comes.
 *
 * <pre>{@code
 * try (ControlPlane controlPlane = ControlPlane.builder().nodes(2).start()) {
 *   controlPlane.client().configMaps().inNamespace("default").list();
 * }
 * }</pre>
 *
 * <p>The API server listens to a port of 127.0.0.1, and nothing else listens to anything that other
 * users could reach. An object of this class can be used by several threads.
 */
public final class ControlPlane implements AutoCloseable {
  private final Settings settings;
  private final Toolbox toolbox;
  private final DataDirectory data;
  private final Components components;
  private final ApiServer apiServer;
  private final SimulatedNodes nodes;
  private final Optional<AuditLog> audit;
  private final KubernetesClient client;
  private boolean closed;

  ControlPlane(
      Settings settings,
      Toolbox toolbox,
      DataDirectory data,
      Components components,
      ApiServer apiServer,
      SimulatedNodes nodes,
      Optional<AuditLog> audit) {
    this.settings = settings;
    this.toolbox = toolbox;
    this.data = data;
    this.components = components;
    this.apiServer = apiServer;
    this.nodes = nodes;
    this.audit = audit;
    this.client = apiServer.lend(clientConfig());
  }

  /** A control plane to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Finds or builds the programs ahead, so that the first start is as quick as the others. The
   * first time for a version, it takes minutes.
   *
   * @param progress receives a line now and then while something is built
   * @throws dev.plinth.controlplane.tools.ToolException if there is no way to get one
   */
  public static void prepare(Consumer<String> progress) {
    Components.prepare(Toolbox.reportingTo(progress), EnumSet.allOf(Component.class));
  }

  /** Address of the API server. */
  public URI server() {
    return apiServer.kubeconfig().server();
  }

  /** A kubeconfig file of an administrator, which only the owner can read. */
  public Path kubeconfig() {
    return data.kubeconfig();
  }

  /** A client with all rights, which is closed with the control plane. */
  public KubernetesClient client() {
    return client;
  }

  /** Settings for a client of one's own with all rights, for example with another user agent. */
  public Config clientConfig() {
    return apiServer.kubeconfig().clientConfig();
  }

  /**
   * A client that has only the rights of a user and of groups: the administrator acts for them
   * (impersonation). It is closed with the control plane, if not before.
   *
   * @param user any name, or that of a service account: {@code system:serviceaccount:ns:name}
   * @param groups besides {@code system:authenticated}, which everybody is in
   */
  public KubernetesClient clientFor(String user, String... groups) {
    return apiServer.lend(clientConfigFor(user, groups));
  }

  /** Settings for a client as in {@link #clientFor}. */
  public Config clientConfigFor(String user, String... groups) {
    return apiServer.kubeconfig().clientConfig(new Kubeconfig.Impersonated(user, List.of(groups)));
  }

  /**
   * A kubeconfig file for a user and groups as in {@link #clientFor}, for programs such as kubectl
   * and helm. Only the owner can read it; it ends with the data directory.
   */
  public Path kubeconfigFor(String user, String... groups) {
    try {
      Path file = data.newKubeconfig();
      apiServer.kubeconfig().writeTo(file, new Kubeconfig.Impersonated(user, List.of(groups)));
      return file;
    } catch (IOException e) {
      throw new ControlPlaneException("Can not write a kubeconfig file: " + e, e);
    }
  }

  /**
   * The kubectl that belongs to this version of Kubernetes. Give it {@code --kubeconfig}.
   *
   * @throws dev.plinth.controlplane.tools.ToolException if it can not be found or built
   */
  public Path kubectl() {
    return toolbox.resolve(Tool.KUBECTL).path();
  }

  /** Where the files of the control plane are. */
  public Path dataDirectory() {
    return data.root();
  }

  /** The file with the output of a component's current or last run. */
  public Path log(Component component) {
    return data.log(component);
  }

  /**
   * Adds a simulated node and waits until pods can be scheduled to it. One that exists is changed.
   */
  public void addNode(SimulatedNode node) {
    addNodes(List.of(node));
  }

  /** Adds simulated nodes as {@link #addNode} does, many at a time. */
  public void addNodes(Collection<SimulatedNode> added) {
    if (settings.components().contains(Component.NODES)) {
      components.startFirst(Component.NODES, server().getPort());
    }
    nodes.put(added);
    if (!settings.components().contains(Component.CONTROLLER_MANAGER)) {
      return; // nobody who would let pods be scheduled to them
    }
    try (SimulatedNodes.Watch watch = nodes.watch(added)) {
      await("the simulated nodes", watch::areAllReady);
    }
  }

  /** Replaces the addresses, labels and taints of a node. */
  public void updateNode(SimulatedNode node) {
    nodes.update(node);
  }

  /** Deletes a node; its pods follow when the controllers notice. */
  public void removeNode(String name) {
    nodes.remove(name);
  }

  /**
   * What the API server was asked since this object was started, up to now.
   *
   * @throws IllegalStateException if the audit log is switched off
   * @throws ControlPlaneException if the API server does not answer
   */
  public Requests requests() {
    AuditLog log =
        audit.orElseThrow(() -> new IllegalStateException("The audit log is switched off"));
    String marker = AuditLog.marker();
    if (!apiServer.answers(marker)) {
      throw new ControlPlaneException("The API server does not answer at " + server());
    }
    await("a request in the audit log", () -> log.has(marker));
    return new Requests(0, log.requests());
  }

  /** The requests after a mark. */
  public Requests requestsSince(Mark mark) {
    return requests().since(mark);
  }

  /** Now, to ask later for the {@link #requestsSince requests since}. */
  public Mark mark() {
    return new Mark(requests().count());
  }

  /** Whether a component's process is alive. */
  public boolean isRunning(Component component) {
    return components.isRunning(component);
  }

  /** The process of a component; empty if it is not running. */
  public OptionalLong pid(Component component) {
    return components.pid(component);
  }

  /** Ends a component in an orderly manner and waits for its end. */
  public void stop(Component component) {
    components.stop(component);
  }

  /** Kills a component's process and waits for its end. */
  public void kill(Component component) {
    components.kill(component);
  }

  /**
   * Starts a component that was stopped or killed, or has died. The API server has the port and the
   * secrets that it had before.
   *
   * @throws ControlPlaneException if it does not become ready in time
   * @throws IllegalStateException if it is running
   */
  public void start(Component component) {
    if (component == Component.NODES && components.isRunning(Component.API_SERVER)) {
      nodes.releaseLeases();
    }
    components.start(component, server().getPort());
    boolean isStore = component == Component.ETCD || component == Component.API_SERVER;
    if (isStore
        && components.isRunning(Component.ETCD)
        && components.isRunning(Component.API_SERVER)) {
      await("the API server", apiServer::isReady);
    }
  }

  private void await(String what, Deadline.Condition condition) {
    try {
      components.await(what, Deadline.in(settings.startTimeout()), condition);
    } catch (IOException e) {
      throw new ControlPlaneException("Can not wait for " + what + ": " + e, e);
    }
  }

  /**
   * Ends all processes, closes the clients, and deletes a temporary data directory. Does nothing
   * the second time.
   *
   * @throws ControlPlaneException if something is left behind
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (DataDirectory last = data) {
      try {
        apiServer.close();
      } finally {
        components.stopAll(!last.isTemporary());
      }
    } catch (IOException e) {
      throw new ControlPlaneException("Can not clean up " + data.root() + ": " + e, e);
    }
  }

  /** What a control plane shall be like. Without anything said, it is complete and has no node. */
  public static final class Builder {
    private Optional<Path> dataDirectory = Optional.empty();
    private Optional<Integer> port = Optional.empty();
    private IntSupplier freePorts = Ports::free;
    private List<String> serviceCidrs = List.of("10.43.0.0/16");
    private final Map<Component, List<String>> flags = new EnumMap<>(Component.class);
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Set<Component> components = EnumSet.allOf(Component.class);
    private boolean audit = true;
    private boolean fsync;
    private Duration startTimeout = Duration.ofSeconds(60);
    private Toolbox toolbox = Toolbox.standard();

    private Builder() {}

    /**
     * Where the cluster's content is, and stays. Without it there is a temporary directory, which
     * is deleted at the end.
     *
     * @param directory created if missing; one of an earlier control plane is gone on with
     */
    public Builder dataDirectory(Path directory) {
      this.dataDirectory = Optional.of(directory);
      return this;
    }

    /** The API server's port on 127.0.0.1; without it, one that is free. */
    public Builder port(int number) {
      if (number < 1 || number > 65535) {
        throw new IllegalArgumentException("Not a port: " + number);
      }
      this.port = Optional.of(number);
      return this;
    }

    /** For tests: ports that may be lost to somebody else. */
    Builder freePorts(IntSupplier source) {
      this.freePorts = source;
      return this;
    }

    /**
     * Ranges of addresses of Services: an IPv4 one, an IPv6 one, or both, of which the first is the
     * primary one. Without it, {@code 10.43.0.0/16}. IPv6 ranges have at least 108 bits.
     */
    public Builder serviceCidrs(String... cidrs) {
      this.serviceCidrs = Cidrs.requireServiceCidrs(List.of(cidrs));
      return this;
    }

    /**
     * More flags of a component, after those that it has, which makes them win.
     *
     * @param arguments for example {@code --feature-gates=SomeFeature=true}; no secrets, for
     *     everybody on the machine can see them
     */
    public Builder flags(Component component, String... arguments) {
      flags.computeIfAbsent(component, first -> new ArrayList<>()).addAll(List.of(arguments));
      return this;
    }

    /** Adds nodes {@code node-1} to {@code node-<count>}, see {@link SimulatedNode#numbered}. */
    public Builder nodes(int count) {
      IntStream.rangeClosed(1, count).mapToObj(SimulatedNode::numbered).forEach(nodes::add);
      return this;
    }

    /** Adds a node. */
    public Builder node(SimulatedNode node) {
      nodes.add(Objects.requireNonNull(node, "node"));
      return this;
    }

    /**
     * Does without components: the controller manager, the scheduler, or what plays the nodes.
     * Without the controller manager, nothing waits for nodes to become ready.
     */
    public Builder without(Component... left) {
      Set<Component> needed = EnumSet.of(Component.ETCD, Component.API_SERVER);
      for (Component component : left) {
        if (needed.contains(component)) {
          throw new IllegalArgumentException("Nothing works without " + component.program());
        }
        components.remove(component);
      }
      return this;
    }

    /** Whether the API server writes an audit log, which {@link #requests()} needs; it does. */
    public Builder audit(boolean enabled) {
      this.audit = enabled;
      return this;
    }

    /**
     * Whether etcd waits until the disk has what it is given. It does not, which is quicker, and
     * loses content only when the machine itself fails.
     */
    public Builder fsync(boolean enabled) {
      this.fsync = enabled;
      return this;
    }

    /** How long a start may take, and later waits; 60 s without it. Builds are not in it. */
    public Builder startTimeout(Duration timeout) {
      this.startTimeout = Objects.requireNonNull(timeout, "timeout");
      return this;
    }

    /** Receives a line now and then while programs are built, which takes minutes. */
    public Builder progress(Consumer<String> lines) {
      return toolbox(Toolbox.reportingTo(lines));
    }

    /** Where programs are taken from. */
    public Builder toolbox(Toolbox other) {
      this.toolbox = Objects.requireNonNull(other, "toolbox");
      return this;
    }

    /**
     * Starts the control plane and waits until it is ready: the API server answers, the controllers
     * work, pods can be scheduled to the nodes.
     *
     * @throws ControlPlaneException if it does not become ready; with the end of the log of who is
     *     to blame; nothing is left running
     * @throws dev.plinth.controlplane.tools.ToolException if a program is missing and can not be
     *     built
     */
    public ControlPlane start() {
      return Startup.run(
          new Settings(
              dataDirectory,
              port,
              freePorts,
              serviceCidrs,
              flags,
              nodes,
              components,
              audit,
              fsync,
              startTimeout),
          toolbox);
    }
  }
}
