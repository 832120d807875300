package dev.plinth.addons.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.SimulatedNode;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.crash.CrashPoints;
import dev.plinth.testkit.crash.CrashReport;
import dev.plinth.testkit.crash.CrashScenario;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process ends at each of its writes, before and after the server has it; the next one brings
 * everything to where it would have been.
 */
class ServiceLbCrashIT {

  /**
   * So that writes come in one order, the pods are there from the first, and nobody touches them.
   */
  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          it -> it.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER, Component.NODES));

  private static final String NAMESPACE = "default";
  private static final String NAME = "web";
  private static final List<String> NODES = List.of("node-1", "node-2");
  private static final int STRIDE_OF_A_SAMPLE = 3;

  private static TestCluster cluster;

  /** Runs since the situation was brought about. */
  private int lives;

  @BeforeAll
  static void prepare() {
    cluster = new TestCluster(CONTROL_PLANE.controlPlane());
    CONTROL_PLANE
        .controlPlane()
        .addNodes(List.of(SimulatedNode.numbered(1), SimulatedNode.numbered(2)));
    cluster
        .admin()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace("kube-system")
                .withName("default")
                .endMetadata()
                .build())
        .create();
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "serve, another type meanwhile", "another type", "delete"})
  void a_sample_of_points_leads_to_the_same_state(String scenario) throws Exception {
    CrashReport report =
        CrashPoints.of(CONTROL_PLANE.controlPlane())
            .longestRun(TestCluster.PATIENCE.plusSeconds(10))
            .tryEvery(STRIDE_OF_A_SAMPLE, scenario(scenario));

    assertThat(report.tried()).isNotEmpty();
    report.requireSameState();
  }

  @Tag("exhaustive")
  @ParameterizedTest
  @ValueSource(strings = {"serve", "serve, another type meanwhile", "another type", "delete"})
  void every_point_leads_to_the_same_state(String scenario) throws Exception {
    CrashReport report =
        CrashPoints.of(CONTROL_PLANE.controlPlane())
            .longestRun(TestCluster.PATIENCE.plusSeconds(10))
            .tryAll(scenario(scenario));

    assertThat(report.tried()).hasSize(2 * report.writes());
    report.requireSameState();
  }

  private CrashScenario scenario(String name) {
    return switch (name) {
      case "serve" ->
          new CrashScenario(name, this::createService, this::untilServed, ServiceLbCrashIT::state);
      case "serve, another type meanwhile" ->
          new CrashScenario(
              name, this::createService, this::untilServedOrInternal, this::stateOfInternal);
      case "another type" ->
          new CrashScenario(name, this::createServed, this::untilInternal, ServiceLbCrashIT::state);
      case "delete" ->
          new CrashScenario(name, this::createServed, this::untilGone, ServiceLbCrashIT::state);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private void createService() {
    lives = 0;
    if (live() != null) {
      cluster.admin().resource(live()).delete();
      if (live() != null) {
        cluster.edit(live(), it -> it.editMetadata().withFinalizers(List.of()).endMetadata());
      }
    }
    daemonSets().forEach(it -> cluster.admin().resource(it).delete());
    cluster.admin().pods().inNamespace("kube-system").withGracePeriod(0).delete();
    cluster.admin().serviceAccounts().inNamespace("kube-system").withName("svclb").delete();
    Service service =
        cluster.create(
            TestCluster.loadBalancer(NAMESPACE, NAME, 80)
                .editSpec()
                .withClusterIP("10.43.77.7")
                .endSpec());
    NODES.forEach(node -> createReadyPod(service, node));
  }

  private void createServed() throws InterruptedException {
    createService();
    untilServed(cluster.admin());
  }

  /** What the controller of DaemonSets and the kubelet would make. */
  private static void createReadyPod(Service service, String node) {
    String daemonSet = DesiredDaemonSet.name(service);
    Pod pod =
        cluster
            .admin()
            .resource(
                new PodBuilder()
                    .withNewMetadata()
                    .withNamespace("kube-system")
                    .withName("svclb-on-" + node)
                    .addToLabels("app", daemonSet)
                    .addToLabels(Names.SERVICE_NAME, NAME)
                    .addToLabels(Names.SERVICE_NAMESPACE, NAMESPACE)
                    .endMetadata()
                    .withNewSpec()
                    .withNodeName(node)
                    .addNewContainer()
                    .withName("c")
                    .withImage("any")
                    .endContainer()
                    .endSpec()
                    .build())
            .create();
    cluster
        .admin()
        .resource(new PodBuilder(pod).withStatus(Objects.readyPod(node).getStatus()).build())
        .updateStatus();
  }

  private void untilServed(KubernetesClient client) throws InterruptedException {
    lives++;
    try (RunningAddon addon = RunningAddon.start(client)) {
      until(() -> cluster.addresses(live()).equals(List.of("172.31.0.1", "172.31.0.2")));
      if (lives == 1) {
        // The last write; it is not made up for if a life ends before it.
        until(() -> !cluster.events(live(), "UpdatedLoadBalancer").isEmpty());
      }
    }
  }

  /** The first life begins to serve; before the second one, the type is changed. */
  private void untilServedOrInternal(KubernetesClient client) throws InterruptedException {
    if (lives == 0) {
      untilServed(client);
    } else {
      makeInternal();
      untilInternal(client);
    }
  }

  private void untilInternal(KubernetesClient client) throws InterruptedException {
    try (RunningAddon addon = RunningAddon.start(client)) {
      if (isLoadBalancer()) {
        makeInternal();
      }
      until(
          () ->
              live().getMetadata().getFinalizers().isEmpty()
                  && live().getStatus().getConditions().isEmpty()
                  && live().getStatus().getLoadBalancer().getIngress().isEmpty()
                  && daemonSets().isEmpty());
    }
  }

  private void untilGone(KubernetesClient client) throws InterruptedException {
    try (RunningAddon addon = RunningAddon.start(client)) {
      cluster.admin().services().inNamespace(NAMESPACE).withName(NAME).delete();
      until(() -> live() == null && daemonSets().isEmpty());
    }
  }

  /** An uncut run has served: whatever was cut, in the end the Service is internal. */
  private String stateOfInternal() throws InterruptedException {
    if (isLoadBalancer()) {
      untilInternal(cluster.admin());
    }
    return state();
  }

  /** In the thread that is interrupted at the crash. */
  private static void until(BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plus(TestCluster.PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as(ServiceLbCrashIT::state).isBefore(end);
      Thread.sleep(20);
    }
  }

  private static boolean isLoadBalancer() {
    return Selected.isLoadBalancer(live());
  }

  private static void makeInternal() {
    cluster.edit(live(), it -> it.editSpec().withType("ClusterIP").endSpec());
  }

  private static Service live() {
    return cluster.admin().services().inNamespace(NAMESPACE).withName(NAME).get();
  }

  private static List<DaemonSet> daemonSets() {
    return cluster
        .admin()
        .apps()
        .daemonSets()
        .inAnyNamespace()
        .withLabel(Names.SERVICE_NAME)
        .list()
        .getItems();
  }

  /**
   * All that the add-on writes, with the owners of the fields; without what each Service has new.
   */
  private static String state() {
    Stream<String> accounts =
        cluster.admin().serviceAccounts().inNamespace("kube-system").list().getItems().stream()
            .map(it -> it.getMetadata().getName());
    Stream<String> daemonSets =
        daemonSets().stream()
            .map(
                it ->
                    String.join(
                        "\n",
                        it.getMetadata().getNamespace() + "/" + it.getMetadata().getName(),
                        it.getMetadata().getLabels().toString(),
                        Serialization.asYaml(it.getSpec())));
    Stream<String> service =
        Stream.ofNullable(live())
            .flatMap(
                it ->
                    Stream.of(
                        it.getSpec().getType(),
                        it.getMetadata().getFinalizers().toString(),
                        it.getStatus().getLoadBalancer().getIngress().toString(),
                        it.getMetadata().getManagedFields().stream()
                            .map(field -> field.getManager() + " " + field.getFieldsV1())
                            .filter(field -> field.startsWith(Ownership.MANAGER))
                            .sorted()
                            .toList()
                            .toString(),
                        it.getStatus().getConditions().stream()
                            .map(c -> c.getReason() + " " + c.getStatus() + " " + c.getMessage())
                            .toList()
                            .toString()));
    return Stream.of(accounts, daemonSets, service)
        .flatMap(it -> it)
        .map(it -> it.replaceAll("svclb-web-[0-9a-f]{8}", "svclb-web-UID"))
        .collect(Collectors.joining("\n"));
  }
}
