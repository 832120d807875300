package dev.plinth.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How control planes begin and end. */
class LifecycleIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void aDataDirectoryIsGoneOnWith(@TempDir Path directory) throws IOException {
    ControlPlane.Builder builder = ControlPlane.builder().dataDirectory(directory).nodes(1);
    String kubeconfig;
    int port;
    try (ControlPlane first = Measured.start("in an empty directory", builder)) {
      port = first.server().getPort();
      first
          .client()
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName("kept")
                  .withNamespace("default")
                  .endMetadata()
                  .addToData("key", "value")
                  .build())
          .create();
      kubeconfig = Files.readString(first.kubeconfig());

      assertThatThrownBy(builder::start)
          .isInstanceOf(ControlPlaneException.class)
          .hasMessageContaining("Another control plane uses the data directory " + directory);
    }

    builder.port(port);
    try (ControlPlane second = Measured.start("in a directory with content", builder)) {
      assertThat(
              second.client().configMaps().inNamespace("default").withName("kept").get().getData())
          .containsEntry("key", "value");
      assertThat(second.kubeconfig()).hasContent(kubeconfig);
      assertThat(second.requests().resource("configmaps").verb("create").fieldManager("kept"))
          .isEmpty();
    }
    assertThat(directory).isNotEmptyDirectory();
  }

  @Test
  void aPortInUseIsSaidClearly() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> bare().port(taken.getLocalPort()).start())
          .isInstanceOf(ControlPlaneException.class)
          .hasMessageContaining("Port " + taken.getLocalPort() + " of 127.0.0.1 is in use");
    }
    assertThat(children()).isEmpty();
  }

  @Test
  void aFreePortThatIsLostIsReplaced() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int other = Ports.free();
      Iterator<Integer> ports = List.of(taken.getLocalPort(), other).iterator();

      try (ControlPlane controlPlane = bare().freePorts(ports::next).start()) {
        assertThat(controlPlane.server().getPort()).isEqualTo(other);
      }
    }
  }

  @Test
  void worksWithoutAnAuditLogAndWithASafeStore() {
    try (ControlPlane controlPlane = bare().audit(false).fsync(true).start()) {
      assertThat(controlPlane.dataDirectory().resolve("audit/audit.log")).doesNotExist();
      assertThatThrownBy(controlPlane::requests)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("The audit log is switched off");
    }
  }

  @Test
  void aComponentThatFailsIsNamedWithTheEndOfItsLog() {
    assertThatThrownBy(
            () -> bare().flags(Component.API_SERVER, "--feature-gates=NoSuchGate=true").start())
        .isInstanceOf(ControlPlaneException.class)
        .hasMessageContaining("kube-apiserver ended with status 1")
        .hasMessageContaining("NoSuchGate");
    assertThat(children()).isEmpty();
  }

  @Test
  void whatDoesNotBecomeReadyInTimeIsSaid() {
    assertThatThrownBy(() -> bare().startTimeout(Duration.ofMillis(1)).start())
        .isInstanceOf(ControlPlaneException.class)
        .hasMessageContaining("Not ready within PT0.001S: the API server");
    assertThat(children()).isEmpty();
  }

  @Test
  void nothingIsLeftAfterClose() {
    Set<Thread> threads = Thread.getAllStackTraces().keySet();
    Path data;
    try (ControlPlane controlPlane = ControlPlane.builder().nodes(1).start()) {
      data = controlPlane.dataDirectory();
      assertThat(children()).hasSizeGreaterThanOrEqualTo(5);
      assertThat(controlPlane.clientFor("somebody").getKubernetesVersion()).isNotNull();
    }

    assertThat(children()).isEmpty();
    assertThat(data).doesNotExist();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              System.gc(); // the JDK's HTTP client ends its thread when nobody can use it any more
              assertThat(namesOfThreadsBesides(threads)).isEmpty();
            });
  }

  private static List<String> namesOfThreadsBesides(Set<Thread> known) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !known.contains(thread))
        .map(Thread::getName)
        // Of Awaitility, and of the JDK: they are there once for the whole JVM.
        .filter(name -> !name.matches("awaitility.*|process reaper.*|Common-Cleaner|ForkJoin.*"))
        .filter(name -> !name.matches("CompletableFutureDelayScheduler|Attach Listener"))
        .toList();
  }

  @Test
  void twoControlPlanesLiveSideBySide() {
    try (ControlPlane one = bare().start();
        ControlPlane other = bare().start()) {
      assertThat(one.server()).isNotEqualTo(other.server());
      one.client()
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName("of-one")
                  .withNamespace("default")
                  .endMetadata()
                  .build())
          .create();
      assertThat(other.client().configMaps().inNamespace("default").withName("of-one").get())
          .isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fd43::/112", "10.43.0.0/16,fd43::/112", "fd43::/112,10.43.0.0/16"})
  void servicesHaveAddressesOfTheFamiliesThatAreAskedFor(String cidrs) {
    String[] ranges = cidrs.split(",");
    try (ControlPlane controlPlane = ControlPlane.builder().serviceCidrs(ranges).nodes(1).start()) {
      assertThat(
              controlPlane
                  .client()
                  .resource(
                      new ServiceBuilder()
                          .withNewMetadata()
                          .withName("families")
                          .withNamespace("default")
                          .endMetadata()
                          .withNewSpec()
                          .withIpFamilyPolicy("PreferDualStack")
                          .addNewPort()
                          .withPort(80)
                          .endPort()
                          .endSpec()
                          .build())
                  .create()
                  .getSpec()
                  .getClusterIPs())
          .hasSize(ranges.length)
          .first()
          .matches(ip -> ip.contains(":") == ranges[0].contains(":"));
      assertThat(
              controlPlane.client().services().inNamespace("default").withName("kubernetes").get())
          .isNotNull();
    }
  }

  @Test
  void theUsersOwnBinariesAreSupervised(@TempDir Path directory) throws IOException {
    Path assets = Files.createDirectories(directory.resolve("assets"));
    for (Tool tool : List.of(Tool.ETCD, Tool.KUBE_APISERVER)) {
      Path program = Toolbox.standard().resolve(tool).path().toRealPath();
      Files.createSymbolicLink(assets.resolve(tool.program()), program);
    }
    Toolbox toolbox = Toolbox.standard().withAssets(assets);

    try (ControlPlane controlPlane = bare().toolbox(toolbox).start()) {
      long supervisor = controlPlane.pid(Component.ETCD).orElseThrow();
      List<ProcessHandle> supervised =
          ProcessHandle.of(supervisor).orElseThrow().children().toList();
      assertThat(supervised).as(Files.readString(controlPlane.log(Component.ETCD))).hasSize(1);
      ProcessHandle etcd = supervised.get(0);

      controlPlane.kill(Component.ETCD);
      await().atMost(PATIENCE).until(() -> !etcd.isAlive());
      controlPlane.start(Component.ETCD);
      controlPlane.stop(Component.API_SERVER);
      controlPlane.start(Component.API_SERVER);
    }
    assertThat(children()).isEmpty();
  }

  @Test
  void theEndOfTheJvmIsTheEndOfTheControlPlane(@TempDir Path directory) throws Exception {
    Path pids = directory.resolve("pids");
    Process jvm =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                StartAndWait.class.getName(),
                pids.toString())
            .inheritIO()
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    await().atMost(PATIENCE).until(() -> Files.exists(pids));
    List<ProcessHandle> components = new ArrayList<>();
    for (String pid : Files.readString(pids).split(" ")) {
      ProcessHandle process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
      components.add(process);
      process.descendants().forEach(components::add);
    }
    assertThat(components).hasSizeGreaterThan(5).allMatch(ProcessHandle::isAlive);

    jvm.destroyForcibly().waitFor();

    Measured.run(
        "end of all processes after the JVM was killed",
        () ->
            await()
                .atMost(PATIENCE)
                .until(() -> components.stream().noneMatch(ProcessHandle::isAlive)));
  }

  /** A JVM that is killed while its control plane runs. */
  static final class StartAndWait {
    public static void main(String[] args) throws Exception {
      ControlPlane controlPlane = ControlPlane.builder().nodes(1).start();
      String pids =
          Stream.of(Component.values())
              .map(component -> Long.toString(controlPlane.pid(component).orElseThrow()))
              .collect(Collectors.joining(" "));
      Path file = Path.of(args[0]);
      Files.writeString(file.resolveSibling("written"), pids);
      Files.move(file.resolveSibling("written"), file);
      System.in.read(); // for ever
    }
  }

  private static ControlPlane.Builder bare() {
    return ControlPlane.builder().without(Component.CONTROLLER_MANAGER, Component.SCHEDULER);
  }

  private static List<ProcessHandle> children() {
    return ProcessHandle.current().descendants().toList();
  }
}
