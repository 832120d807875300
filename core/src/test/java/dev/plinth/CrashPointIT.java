package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
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
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  @TempDir Path directory;

  static Stream<String> scenarios() {
    return Stream.of("first apply", "upgrade with removals", "disable");
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
  @MethodSource("scenarios")
  void everyPointLeadsToTheSameState(String scenario) throws Exception {
    CrashReport report = crashPoints().tryAll(scenario(scenario));

    assertThat(report.tried()).hasSize(2 * report.writes());
    report.requireSameState();
  }

  private CrashScenario scenario(String name) {
    return switch (name) {
      case "first apply" ->
          new CrashScenario(name, this::removeEverything, it -> keep(it, FIRST), this::state);
      case "upgrade with removals" ->
          new CrashScenario(name, this::applyFirst, it -> keep(it, NEXT), this::state);
      case "disable" -> new CrashScenario(name, this::applyFirst, this::disable, this::state);
      default -> throw new IllegalArgumentException(name);
    };
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

  private String state() throws IOException {
    return Snapshot.ofCluster(client()) + Snapshot.ofDirectory(dataDir());
  }

  private void removeEverything() throws IOException {
    client().configMaps().inNamespace("crash").delete();
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
