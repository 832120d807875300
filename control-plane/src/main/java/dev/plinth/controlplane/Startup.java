package dev.plinth.controlplane;

import dev.plinth.controlplane.tools.Toolbox;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The way from settings to a control plane that is ready. What fails on it leaves nothing. */
final class Startup {
  private static final int PORTS_TO_TRY = 5;

  private final Settings settings;
  private final Toolbox toolbox;
  private final Deadline deadline;
  private final DataDirectory data;
  private final Credentials credentials;
  private final Components components;

  private Startup(Settings settings, Toolbox toolbox, DataDirectory data) throws IOException {
    this.settings = settings;
    this.toolbox = toolbox;
    this.data = data;
    this.deadline = Deadline.in(settings.startTimeout());
    this.credentials = Credentials.in(data, Instant.now());
    this.components = new Components(toolbox, data, new CommandLines(settings, data, credentials));
  }

  /**
   * Starts a control plane.
   *
   * @throws ControlPlaneException if it does not become ready
   * @throws dev.plinth.controlplane.tools.ToolException if there is a program missing
   */
  static ControlPlane run(Settings settings, Toolbox toolbox) {
    try {
      // Before anything else: it may take minutes, which the start's time limit is not for.
      Components.prepare(toolbox, settings.initialComponents());
      DataDirectory data = DataDirectory.open(settings.dataDirectory());
      try {
        return new Startup(settings, toolbox, data).run();
      } catch (IOException | RuntimeException | Error e) {
        data.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ControlPlaneException("Can not start the control plane: " + e, e);
    }
  }

  private ControlPlane run() throws IOException {
    ApiServer apiServer = null;
    try {
      writeResource("stages.yaml", data.stages());
      writeResource("pod.log", data.podLog());
      writeResource("pod.previous.log", data.previousPodLog());
      writeResource("audit-policy.yaml", data.auditPolicy());
      Optional<AuditLog> audit =
          settings.audit() ? Optional.of(AuditLog.fromNowOn(data.auditLog())) : Optional.empty();
      components.start(Component.ETCD, 0);
      apiServer = startApiServer();
      SimulatedNodes nodes =
          new SimulatedNodes(apiServer.own(), KubeletAddress.besideApiServer(portOf(apiServer)));
      if (settings.initialComponents().contains(Component.NODES)) {
        nodes.releaseLeases();
      }
      startClients(apiServer);
      nodes.put(settings.nodes());
      awaitReady(apiServer, nodes);
      return new ControlPlane(settings, toolbox, data, components, apiServer, nodes, audit);
    } catch (IOException | RuntimeException | Error e) {
      components.stopAll(!data.isTemporary());
      if (apiServer != null) {
        apiServer.close();
      }
      throw e;
    }
  }

  private static void writeResource(String name, Path file) throws IOException {
    try (InputStream in = Startup.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks its resource " + name);
      }
      DataDirectory.writePrivately(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** A free port can be lost to somebody else before the server listens: then it is another one. */
  private ApiServer startApiServer() throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = settings.port().orElseGet(settings.freePorts()::getAsInt);
      components.start(Component.API_SERVER, port);
      Optional<ApiServer> ready = awaitApiServer(port);
      if (ready.isPresent()) {
        return ready.get();
      }
      if (settings.port().isPresent() || attempt == PORTS_TO_TRY) {
        throw new ControlPlaneException("Port " + port + " of 127.0.0.1 is in use");
      }
    }
  }

  /** Returns nothing if the port was taken. */
  private Optional<ApiServer> awaitApiServer(int port) throws IOException {
    if (!awaitOrLosePort(() -> credentials.authorityPem().isPresent())) {
      return Optional.empty();
    }
    String authority = credentials.authorityPem().orElseThrow();
    DataDirectory.writePrivately(credentials.authorityFile(), authority);
    URI address = URI.create("https://127.0.0.1:" + port);
    ApiServer apiServer = new ApiServer(kubeconfig(address, authority, Account.ADMIN));
    boolean ready = false;
    try {
      ready = awaitOrLosePort(apiServer::isReady);
    } finally {
      if (!ready) {
        apiServer.close();
      }
    }
    return ready ? Optional.of(apiServer) : Optional.empty();
  }

  private boolean awaitOrLosePort(Deadline.Condition condition) throws IOException {
    boolean[] lost = {false};
    components.await(
        "the API server",
        deadline,
        () -> {
          lost[0] =
              !components.isRunning(Component.API_SERVER)
                  && Ports.wasTaken(data.log(Component.API_SERVER));
          return lost[0] || condition.holds();
        });
    return !lost[0];
  }

  /** Starts the components that are clients of the API server. */
  private void startClients(ApiServer apiServer) throws IOException {
    apiServer.kubeconfig().writeTo(data.kubeconfig());
    writeKubeconfig(apiServer, Component.CONTROLLER_MANAGER, Account.CONTROLLER_MANAGER);
    writeKubeconfig(apiServer, Component.SCHEDULER, Account.SCHEDULER);
    writeKubeconfig(apiServer, Component.NODES, Account.NODES);
    List<Component> clients = new ArrayList<>(settings.initialComponents());
    clients.removeAll(List.of(Component.ETCD, Component.API_SERVER));
    clients.forEach(component -> components.start(component, portOf(apiServer)));
  }

  private static int portOf(ApiServer apiServer) {
    return apiServer.kubeconfig().server().getPort();
  }

  private void writeKubeconfig(ApiServer apiServer, Component component, Account account)
      throws IOException {
    kubeconfig(apiServer.kubeconfig().server(), apiServer.kubeconfig().authority(), account)
        .writeTo(data.kubeconfig(component));
  }

  private Kubeconfig kubeconfig(URI server, String authority, Account account) {
    return new Kubeconfig(server, authority, credentials.token(account), account);
  }

  private void awaitReady(ApiServer apiServer, SimulatedNodes nodes) throws IOException {
    if (!settings.components().contains(Component.CONTROLLER_MANAGER)) {
      return; // nobody who would make anything ready
    }
    components.await("the controller manager", deadline, apiServer::hasDefaultServiceAccount);
    if (!settings.nodes().isEmpty()) {
      try (SimulatedNodes.Watch watch = nodes.watch(settings.nodes())) {
        components.await("the simulated nodes", deadline, watch::areAllReady);
      }
    }
  }
}
