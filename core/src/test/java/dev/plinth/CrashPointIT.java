package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.Scope;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.crash.CrashPoints;
import dev.plinth.testkit.crash.CrashReport;
import dev.plinth.testkit.crash.CrashScenario;
import dev.plinth.testkit.crash.Snapshot;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that ends at any write, and is started again, leads to the state it would have. */
class CrashPointIT {

  private static final int STRIDE_OF_A_SAMPLE = 5;

  /** Of scenarios with many writes, or with runs of seconds since a removal waits for stillness. */
  private static final int STRIDE_OF_A_SMALL_SAMPLE = 11;

  private static final int STRIDE_OF_SLOW_RUNS = 7;

  private static final int STRIDE_OF_FEW_WRITES = 3;

  private static final String DEFINITIONS =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: crash}
      ---
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: gadgets.crash.example.org}
      spec:
        group: crash.example.org
        scope: Namespaced
        names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
        versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
      ---
      """;

  private static final TestAddon FIRST =
      TestAddon.of(
          "crash",
          DEFINITIONS
              + """
              {apiVersion: crash.example.org/v1, kind: Gadget, metadata: {name: g, namespace: crash}}
              ---
              {apiVersion: v1, kind: ConfigMap, metadata: {name: stays, namespace: crash}, data: {a: "1", b: "1"}}
              ---
              {apiVersion: v1, kind: ConfigMap, metadata: {name: goes, namespace: crash}}
              ---
              {apiVersion: v1, kind: Secret, metadata: {name: goes, namespace: default}}
              """);

  private static final TestAddon NEXT =
      TestAddon.of(
          "crash",
          DEFINITIONS
              + """
              {apiVersion: v1, kind: ConfigMap, metadata: {name: stays, namespace: crash}, data: {a: "2"}}
              ---
              {apiVersion: v1, kind: ServiceAccount, metadata: {name: comes, namespace: crash}}
              """);

  private static final int KILLED_AT_WRITES = 5;

  private static final String FILE = "user-file.yaml";

  private static final String FILE_CONTENT =
      """
      {apiVersion: v1, kind: ConfigMap, metadata: {name: stays, namespace: default}, data: {a: "1", b: "1"}}
      ---
      {apiVersion: v1, kind: ConfigMap, metadata: {name: goes, namespace: default}}
      ---
      {apiVersion: v1, kind: Secret, metadata: {name: goes, namespace: default}}
      """;

  private static final String NEXT_FILE_CONTENT =
      """
      {apiVersion: v1, kind: ConfigMap, metadata: {name: stays, namespace: default}, data: {a: "2"}}
      ---
      {apiVersion: v1, kind: ServiceAccount, metadata: {name: comes, namespace: default}}
      """;

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  @TempDir Path directory;

  static Stream<String> scenarios() {
    return Stream.of("first apply", "upgrade with removals", "disable");
  }

  static Stream<String> scenariosOfFiles() {
    return Stream.of(
        "user file added",
        "user file changed with removals",
        "user file removed with pruning",
        "drift repaired");
  }

  static Stream<String> allScenarios() {
    return Stream.of(scenarios(), scenariosOfFiles(), Stream.of("overlay change"))
        .flatMap(it -> it);
  }

  @ParameterizedTest
  @MethodSource("scenariosOfFiles")
  void aSampleOfPointsWithUsersFilesLeadsToTheSameState(String scenario) throws Exception {
    int stride =
        switch (scenario) {
          case "drift repaired" -> STRIDE_OF_FEW_WRITES;
          case "user file removed with pruning" -> STRIDE_OF_SLOW_RUNS;
          default -> STRIDE_OF_A_SMALL_SAMPLE;
        };
    CrashReport report = crashPoints().tryEvery(stride, scenario(scenario));

    assertThat(report.tried()).isNotEmpty();
    report.requireSameState();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void aSampleOfPointsLeadsToTheSameState(String scenario) throws Exception {
    CrashReport report = crashPoints().tryEvery(STRIDE_OF_A_SAMPLE, scenario(scenario));

    assertThat(report.tried()).isNotEmpty();
    report.requireSameState();
  }

  @Tag("exhaustive")
  @ParameterizedTest
  @MethodSource("allScenarios")
  void everyPointLeadsToTheSameState(String scenario) throws Exception {
    CrashReport report = crashPoints().tryAll(scenario(scenario));

    assertThat(report.tried()).hasSize(2 * report.writes());
    report.requireSameState();
  }

  /** As the operating system ends a process: in the middle of whatever it does. */
  @Tag("exhaustive")
  @ParameterizedTest
  @MethodSource("scenariosOfFiles")
  void aProcessThatIsKilledLeadsToTheSameState(String name) throws Exception {
    CrashScenario scenario = scenario(name);
    scenario.situation().run();
    scenario.process().run(client());
    String expected = scenario.state().look();
    for (int write = 1; write <= KILLED_AT_WRITES; write += 2) {
      scenario.situation().run();
      killAtWrite(write);

      scenario.process().run(client());

      assertThat(scenario.state().look()).as("killed at write %d", write).isEqualTo(expected);
    }
  }

  /** Kills as soon as the audit log has the write; if there are fewer, once all is done. */
  private void killAtWrite(int write) throws Exception {
    ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
    String user = "killed-" + UUID.randomUUID();
    Mark start = controlPlane.mark();
    Path output = directory.resolve("killed.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledProcess.class.getName(),
                controlPlane.kubeconfig().toString(),
                dataDir().toString(),
                user)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      await()
          .atMost(TestHost.PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () ->
                  controlPlane.requestsSince(start).username(user).writes().count() >= write
                      || Files.readString(output).contains("ready")
                      || !process.isAlive());
      assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
    } finally {
      // SIGKILL.
      process.destroyForcibly().waitFor();
    }
  }

  private CrashScenario scenario(String name) {
    return switch (name) {
      case "first apply" ->
          new CrashScenario(name, this::removeEverything, it -> keep(it, FIRST), this::state);
      case "upgrade with removals" ->
          new CrashScenario(name, this::applyFirst, it -> keep(it, NEXT), this::state);
      case "disable" -> new CrashScenario(name, this::applyFirst, this::disable, this::state);
      case "user file added" ->
          new CrashScenario(name, this::writeFirst, this::runFiles, this::state);
      case "user file changed with removals" ->
          new CrashScenario(name, this::changeFile, this::runFiles, this::state);
      case "user file removed with pruning" ->
          new CrashScenario(name, this::removeFile, this::runFiles, this::state);
      case "drift repaired" -> new CrashScenario(name, this::drift, this::runFiles, this::state);
      case "overlay change" ->
          new CrashScenario(name, this::changeOverlay, it -> keep(it, FIRST), this::state);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Of three overlays one changes, one goes and one comes, while no server runs. */
  private void changeOverlay() throws Exception {
    removeEverything();
    writeOverlay("changes.yaml", "a: '2'");
    writeOverlay("goes.yaml", "b: '2'");
    keep(client(), FIRST);
    writeOverlay("changes.yaml", "a: '3'");
    Files.delete(dataDir().resolve("server/overlays/crash/goes.yaml"));
    writeOverlay("comes.yaml", "c: '3'");
  }

  private void writeOverlay(String name, String data) throws IOException {
    Path directory = Files.createDirectories(dataDir().resolve("server/overlays/crash"));
    Files.writeString(
        directory.resolve(name),
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: stays, namespace: crash}, data: {%s}}"
            .formatted(data));
  }

  private void applyFirst() throws Exception {
    removeEverything();
    keep(client(), FIRST);
  }

  private void keep(KubernetesClient client, TestAddon addon) throws InterruptedException {
    run(client, addon, AddonState.READY);
  }

  private void disable(KubernetesClient client) throws InterruptedException {
    run(client, FIRST, AddonState.DISABLED, "crash");
  }

  private void run(
      KubernetesClient client, TestAddon addon, AddonState expected, String... disabled)
      throws InterruptedException {
    ServerConfig config =
        ServerConfig.builder().nodeName("n1").dataDir(dataDir()).disable(disabled).build();
    try (PlinthServer server =
        Plinth.builder().client(client).config(config).addons(AddonCatalog.of(addon)).start()) {
      AddonReport report = server.awaitReady(TestHost.PATIENCE);
      assertThat(report.addons())
          .as(report.toString())
          .extracting(AddonStatus::state)
          .containsExactly(expected);
    }
  }

  private void writeFirst() throws IOException {
    removeEverything();
    client().configMaps().inNamespace("default").delete();
    client().serviceAccounts().inNamespace("default").withName("comes").delete();
    writeFile(FILE_CONTENT);
  }

  private void applyFile() throws Exception {
    writeFirst();
    runFiles(client());
  }

  private void changeFile() throws Exception {
    applyFile();
    writeFile(NEXT_FILE_CONTENT);
  }

  private void removeFile() throws Exception {
    applyFile();
    Files.delete(file());
  }

  /** While no server runs, somebody changes one object and deletes another. */
  private void drift() throws Exception {
    applyFile();
    client()
        .configMaps()
        .inNamespace("default")
        .withName("stays")
        .edit(
            it -> {
              it.getData().put("a", "changed");
              return it;
            });
    client().secrets().inNamespace("default").withName("goes").delete();
  }

  private void runFiles(KubernetesClient client) throws InterruptedException {
    ServerConfig config =
        ServerConfig.builder()
            .nodeName("n1")
            .dataDir(dataDir())
            .pruneRemovedManifests(true)
            .build();
    try (PlinthServer server =
        Plinth.builder().client(client).config(config).addons(AddonCatalog.of()).start()) {
      AddonReport report = server.awaitReady(TestHost.PATIENCE, Scope.ADDONS_AND_FILES);
      assertThat(report.ready(Scope.ADDONS_AND_FILES)).as(report.toString()).isTrue();
      // What is removed is not in the report any more.
      assertThat(report.file(FILE).isPresent()).isEqualTo(Files.exists(file()));
    }
  }

  private Path file() {
    return dataDir().resolve("server/manifests").resolve(FILE);
  }

  private void writeFile(String content) throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), content);
  }

  private String state() throws IOException {
    return Snapshot.ofCluster(client()) + Snapshot.ofDirectory(dataDir());
  }

  private void removeEverything() throws IOException {
    client().configMaps().inNamespace("crash").delete();
    client().configMaps().inNamespace("kube-system").withLabel("plinth.dev/overlay").delete();
    client().serviceAccounts().inNamespace("crash").delete();
    client().secrets().inNamespace("default").delete();
    deleteDefinition("gadgets.crash.example.org");
    deleteDefinition("addons.k3s.cattle.io");
    deleteNamespace();
    if (Files.exists(dataDir())) {
      List<Path> files;
      try (Stream<Path> all = Files.walk(dataDir())) {
        files = all.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private void deleteDefinition(String name) {
    var definition = client().apiextensions().v1().customResourceDefinitions().withName(name);
    definition.delete();
    definition.waitUntilCondition(Objects::isNull, TestHost.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** There is no controller manager that would complete the deletion. */
  private void deleteNamespace() {
    client().namespaces().withName("crash").delete();
    Namespace ending = client().namespaces().withName("crash").get();
    if (ending != null) {
      ending.getSpec().setFinalizers(List.of());
      client().raw("/api/v1/namespaces/crash/finalize", "PUT", ending);
    }
  }

  private CrashPoints crashPoints() {
    return CrashPoints.of(CONTROL_PLANE.controlPlane()).longestRun(TestHost.PATIENCE);
  }

  private Path dataDir() {
    return directory.resolve("data");
  }

  private static KubernetesClient client() {
    return CONTROL_PLANE.client();
  }
}
