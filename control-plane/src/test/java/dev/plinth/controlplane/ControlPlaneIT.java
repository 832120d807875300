package dev.plinth.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a running control plane can do. */
class ControlPlaneIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SHORTER_THAN_A_LEASE = Duration.ofSeconds(25);

  private static ControlPlane controlPlane;
  private static KubernetesClient client;

  @BeforeAll
  static void start() {
    controlPlane = Measured.start("with two nodes", ControlPlane.builder().nodes(2));
    client = controlPlane.client();
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
  }

  @Test
  void hasTheServiceOfTheApiServerAndNodesThatAreReady() {
    assertThat(client.services().inNamespace("default").withName("kubernetes").get()).isNotNull();
    assertThat(client.nodes().list().getItems())
        .extracting(node -> node.getMetadata().getName())
        .contains("node-1", "node-2");
    assertThat(addresses("node-1")).contains("InternalIP 172.31.0.1", "Hostname node-1");
    assertThat(client.getKubernetesVersion().getGitVersion()).isEqualTo("v1.35.4");
  }

  @Test
  void runsWhatADeploymentAsksFor() {
    client
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withReplicas(3)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("web")
                .withImage("web")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Integer.valueOf(3)
                    .equals(
                        client
                            .apps()
                            .deployments()
                            .inNamespace("default")
                            .withName("web")
                            .get()
                            .getStatus()
                            .getReadyReplicas()));
    assertThat(client.pods().inNamespace("default").withLabel("app", "web").list().getItems())
        .extracting(pod -> pod.getStatus().getPodIP())
        .doesNotHaveDuplicates()
        .allMatch(ip -> ip.startsWith("10.42."));
  }

  @Test
  void givesPodsInTheHostNetworkTheAddressesOfTheirNode() {
    controlPlane.addNode(
        SimulatedNode.named("dual").withInternalIp("10.9.8.7").withInternalIp("fd09::7"));
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("host")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withHostNetwork(true)
                .withNodeName("dual")
                .addNewContainer()
                .withName("c")
                .withImage("i")
                .endContainer()
                .endSpec()
                .build())
        .create();

    Pod pod =
        client
            .pods()
            .inNamespace("default")
            .withName("host")
            .waitUntilReady(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(pod.getStatus().getHostIP()).isEqualTo("10.9.8.7");
    assertThat(pod.getStatus().getPodIPs())
        .extracting(ip -> ip.getIp())
        .containsExactly("10.9.8.7", "fd09::7");
  }

  /** Not only when the Leases of the nodes have expired. */
  @Test
  void podsRunAtOnceWhenTheirNodesAreStartedAgain() {
    controlPlane.addNode(SimulatedNode.named("again"));
    controlPlane.kill(Component.NODES);

    controlPlane.start(Component.NODES);

    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("again")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withNodeName("again")
                .addNewContainer()
                .withName("c")
                .withImage("i")
                .endContainer()
                .endSpec()
                .build())
        .create();
    client
        .pods()
        .inNamespace("default")
        .withName("again")
        .waitUntilReady(SHORTER_THAN_A_LEASE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void completesJobs() {
    client
        .resource(
            new JobBuilder()
                .withNewMetadata()
                .withName("once")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("c")
                .withImage("i")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Integer.valueOf(1)
                    .equals(
                        client
                            .batch()
                            .v1()
                            .jobs()
                            .inNamespace("default")
                            .withName("once")
                            .get()
                            .getStatus()
                            .getSucceeded()));
  }

  @Test
  void addsChangesAndRemovesNodes() {
    controlPlane.addNode(
        SimulatedNode.named("changing")
            .withInternalIp("10.1.0.1")
            .withLabel("zone", "a")
            .withTaint("dedicated", "x", "NoSchedule"));

    controlPlane.updateNode(
        SimulatedNode.named("changing").withInternalIp("10.1.0.2").withExternalIp("2001:db8::2"));

    Node changed = client.nodes().withName("changing").get();
    assertThat(changed.getMetadata().getLabels()).doesNotContainKey("zone");
    assertThat(changed.getSpec().getTaints()).extracting(Taint::getKey).doesNotContain("dedicated");
    assertThat(addresses("changing"))
        .startsWith("InternalIP 10.1.0.2", "ExternalIP 2001:db8::2", "Hostname changing")
        .hasSize(4);

    controlPlane.removeNode("changing");
    assertThat(client.nodes().withName("changing").get()).isNull();
  }

  private static List<String> addresses(String node) {
    return client.nodes().withName(node).get().getStatus().getAddresses().stream()
        .map(address -> address.getType() + " " + address.getAddress())
        .toList();
  }

  @Test
  void countsRequests() {
    Mark mark = controlPlane.mark();
    ConfigMap map =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("counted")
            .withNamespace("default")
            .endMetadata()
            .build();
    PatchContext apply =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("counting")
            .build();
    PatchContext dryRun =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("counting")
            .withDryRun(List.of("All"))
            .build();

    client.resource(map).patch(dryRun);
    client.resource(map).patch(apply);
    client.resource(map).get();
    client.resource(map).delete();

    Requests ours =
        controlPlane.requestsSince(mark).username("plinth-admin").resource("configmaps");
    assertThat(ours.writes().fieldManager("counting").count()).as("%s", ours).isEqualTo(1);
    assertThat(ours.dryRuns().fieldManager("counting").count()).as("%s", ours).isEqualTo(1);
    assertThat(ours.writes().countsByVerb()).isEqualTo(Map.of("delete", 1L, "patch", 1L));
    assertThat(ours.userAgent("fabric8").verb("get").count()).isEqualTo(1);
    assertThat(controlPlane.requestsSince(controlPlane.mark()).fieldManager("counting").isEmpty())
        .isTrue();
  }

  @Test
  void countsAWatchOnceAtItsStart() {
    Mark mark = controlPlane.mark();
    KubernetesClient watching = controlPlane.clientFor("watcher", "system:masters");
    watching
        .configMaps()
        .inNamespace("default")
        .watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action action, ConfigMap resource) {}

              @Override
              public void onClose(WatcherException cause) {}
            })
        .close();

    await()
        .atMost(PATIENCE)
        .until(() -> !controlPlane.requestsSince(mark).username("watcher").verb("watch").isEmpty());
    assertThat(controlPlane.requestsSince(mark).username("watcher").verb("watch").count())
        .isEqualTo(1);
  }

  @Test
  void aClientForAUserHasItsRightsOnly() {
    KubernetesClient limited = controlPlane.clientFor("somebody", "some-group");

    assertThatThrownBy(() -> limited.configMaps().inNamespace("default").list())
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("somebody");

    client
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName("some-group")
                .withNamespace("default")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "view")
                .addNewSubject("rbac.authorization.k8s.io", "Group", "some-group", null)
                .build())
        .create();
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .until(() -> limited.configMaps().inNamespace("default").list() != null);
  }

  @Test
  void kubectlWorksWithKubeconfigFiles() throws Exception {
    assertThat(kubectl(controlPlane.kubeconfig(), "get", "nodes", "-o", "name"))
        .contains("node/node-1", "node/node-2");
    assertThat(kubectl(controlPlane.kubeconfigFor("limited", "a-group"), "auth", "whoami"))
        .contains("limited", "a-group", "system:authenticated")
        .doesNotContain("system:masters");
  }

  private static String kubectl(Path kubeconfig, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(controlPlane.kubectl().toString());
    command.add("--kubeconfig=" + kubeconfig);
    command.addAll(List.of(arguments));
    Process kubectl = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(kubectl.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void nobodyElseCanReadItsFiles() throws IOException {
    Set<PosixFilePermission> root = Files.getPosixFilePermissions(controlPlane.dataDirectory());
    assertThat(root)
        .containsExactlyInAnyOrder(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE);
    try (Stream<Path> files = Files.walk(controlPlane.dataDirectory())) {
      assertThat(
              files.filter(
                  file -> file.toString().matches(".*(kubeconfig|tokens.csv|\\.key|audit\\.log)$")))
          .hasSizeGreaterThanOrEqualTo(7)
          .allSatisfy(
              file ->
                  assertThat(Files.getPosixFilePermissions(file))
                      .containsExactlyInAnyOrder(
                          PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
    }
  }

  @Test
  void noSecretIsInACommandLineOrALog() throws IOException {
    List<String> tokens =
        Files.readAllLines(controlPlane.dataDirectory().resolve("credentials/tokens.csv")).stream()
            .map(line -> line.split(",")[0])
            .toList();
    for (Component component : Component.values()) {
      long pid = controlPlane.pid(component).orElseThrow();
      String commandLine = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
      String environment = Files.readString(Path.of("/proc/" + pid + "/environ"));
      String log = Files.readString(controlPlane.log(component));
      assertThat(List.of(commandLine, environment, log))
          .noneMatch(text -> tokens.stream().anyMatch(text::contains));
    }
  }

  @Test
  void listensToTheLoopbackInterfaceOnly() throws IOException {
    Set<Long> pids = new HashSet<>();
    for (Component component : Component.values()) {
      ProcessHandle process =
          ProcessHandle.of(controlPlane.pid(component).orElseThrow()).orElseThrow();
      pids.add(process.pid());
      process.descendants().map(ProcessHandle::pid).forEach(pids::add);
    }
    assertThat(ListeningSockets.of(pids))
        .containsExactlyInAnyOrder(
            "127.0.0.1:" + controlPlane.server().getPort(),
            KubeletAddress.besideApiServer(controlPlane.server().getPort()).authority());
  }

  @Test
  void threeHundredNodesAreThereInAMoment() {
    List<SimulatedNode> many =
        IntStream.rangeClosed(1, 300)
            .mapToObj(
                i ->
                    SimulatedNode.named("many-" + i)
                        .withInternalIp("10.2." + i / 256 + "." + i % 256))
            .toList();

    Measured.run("300 nodes ready", () -> controlPlane.addNodes(many));

    many.stream().parallel().forEach(node -> controlPlane.removeNode(node.name()));
  }

  @Test
  void componentsCanBeKilledAndStartedAgain() {
    for (Component component : Component.values()) {
      long before = controlPlane.pid(component).orElseThrow();

      controlPlane.kill(component);
      assertThat(controlPlane.isRunning(component)).isFalse();
      Measured.run("restart of " + component.program(), () -> controlPlane.start(component));

      assertThat(controlPlane.pid(component).orElseThrow()).isNotEqualTo(before);
      assertThat(client.namespaces().withName("kube-system").get()).isNotNull();
    }
    controlPlane.stop(Component.API_SERVER);
    assertThatThrownBy(() -> controlPlane.requests()).isInstanceOf(ControlPlaneException.class);
    controlPlane.start(Component.API_SERVER);
    assertThat(controlPlane.requests().isEmpty()).isFalse();
  }

  @Test
  void aComponentThatRunsIsNotStartedTwice() {
    assertThatThrownBy(() -> controlPlane.start(Component.ETCD))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("etcd");
  }
}
