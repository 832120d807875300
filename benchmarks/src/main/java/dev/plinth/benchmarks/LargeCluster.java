package dev.plinth.benchmarks;

import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.SimulatedNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** What ServiceLB keeps of a large cluster in memory, and what the nodes' heartbeats cost it. */
final class LargeCluster implements Benchmark {

  private static final double MEGABYTE = 1 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int PODS_PER_SERVICE = 10;

  /** As many as a kubelet reports. */
  private static final int IMAGES = 50;

  private static final String HEAP = "heap after garbage collection";
  private static final String REQUESTS = "heartbeats: requests";
  private static final String CPU = "heartbeats at the pace of kubelets: share of one core";

  /** Kubelets write a status that has not changed every five minutes. */
  private static final int PERIODS = 5;

  @Override
  public String name() {
    return "load-balancers-large";
  }

  @Override
  public String description(Settings settings) {
    return "%,d Services with %d ready pods each, and %,d nodes with %d images each, are there as objects, without controllers; ServiceLB runs in a JVM of its own that has nothing else in it. Heap is taken when all Services have their addresses. Then nothing happens for %d s; then each node's status is written within as long, with no more changed than the time of a heartbeat, which is five times as often as kubelets do it; then that of a fifth of them, as kubelets do it."
        .formatted(
            services(settings),
            PODS_PER_SERVICE,
            nodes(settings),
            IMAGES,
            period(settings).toSeconds());
  }

  private static int services(Settings settings) {
    return settings.size(1_000, 10);
  }

  private static int nodes(Settings settings) {
    return settings.size(1_000, 20);
  }

  private static Duration period(Settings settings) {
    return Duration.ofSeconds(settings.size(60, 2));
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    try (ControlPlane controlPlane = ControlPlanes.apiServerOnly(settings).start()) {
      KubernetesClient client = controlPlane.client();
      fill(client, settings);
      try (TemporaryDirectory data = TemporaryDirectory.create();
          ForkedHost host = ForkedHost.start(controlPlane, data.path(), ForkedMain.SERVICE_LB)) {
        host.awaitReady();
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofSeconds(1))
            .until(() -> served(client) == services(settings));
        Thread.sleep(Duration.ofSeconds(settings.shortForm() ? 1 : 15).toMillis());
        series.add(HEAP, "MiB", host.contents().heapBytes() / MEGABYTE);
        idle(host, settings, series);
        heartbeats(controlPlane, host, settings, series);
      }
    }
    series.aim(HEAP, Goal.under(192));
    series.aim(REQUESTS, Goal.atMost(0));
    series.aim(CPU, Goal.under(1));
    return series.measurements();
  }

  private static void fill(KubernetesClient client, Settings settings) throws Exception {
    int nodes = nodes(settings);
    LoadBalancerCluster cluster = new LoadBalancerCluster(client);
    // Without it no pod is let in; its controller does not run here.
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace("kube-system")
                .withName("default")
                .endMetadata()
                .build())
        .create();
    LoadBalancerCluster.forEach(nodes, number -> client.resource(node(number)).create());
    LoadBalancerCluster.forEach(
        services(settings),
        number -> {
          String uid = cluster.create(number).getMetadata().getUid();
          for (int i = 0; i < PODS_PER_SERVICE; i++) {
            client.resource(pod(number, uid, 1 + (number * PODS_PER_SERVICE + i) % nodes)).create();
          }
        });
    // The API server takes a pod's status only where it is its own.
    LoadBalancerCluster.forEach(
        services(settings),
        number -> {
          for (Pod pod :
              client
                  .pods()
                  .inNamespace("kube-system")
                  .withLabel(LoadBalancerCluster.SERVICE_NAME, LoadBalancerCluster.name(number))
                  .list()
                  .getItems()) {
            client.resource(ready(pod)).updateStatus();
          }
        });
  }

  private static Node node(int number) {
    SimulatedNode simulated = SimulatedNode.numbered(number);
    NodeBuilder node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(simulated.name())
            .addToLabels("kubernetes.io/hostname", simulated.name())
            .endMetadata()
            .withNewStatus()
            .addNewAddress(simulated.addresses().get(0).address(), "InternalIP")
            .addNewAddress(simulated.name(), "Hostname")
            .withCapacity(Map.of("cpu", new Quantity("8"), "pods", new Quantity("110")))
            .endStatus();
    for (String type : List.of("MemoryPressure", "DiskPressure", "PIDPressure", "Ready")) {
      node.editStatus()
          .addNewCondition()
          .withType(type)
          .withStatus(type.equals("Ready") ? "True" : "False")
          .withReason("KubeletHas" + type)
          .withMessage("kubelet says so")
          .withLastHeartbeatTime(now())
          .withLastTransitionTime(now())
          .endCondition()
          .endStatus();
    }
    for (int i = 0; i < IMAGES; i++) {
      node.editStatus()
          .addNewImage()
          .withNames(
              "registry.example.org/some/project/image-" + i + "@sha256:" + "0f".repeat(32),
              "registry.example.org/some/project/image-" + i + ":v1.2.3")
          .withSizeBytes(100_000_000L + i)
          .endImage()
          .endStatus();
    }
    return node.build();
  }

  private static Pod pod(int service, String uid, int node) {
    String name = LoadBalancerCluster.name(service);
    String daemonSet = "svclb-" + name + "-" + uid.substring(0, 8);
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("kube-system")
        .withName(daemonSet + "-" + node)
        .addToLabels("app", daemonSet)
        .addToLabels(LoadBalancerCluster.SERVICE_NAME, name)
        .addToLabels("svccontroller.k3s.cattle.io/svcnamespace", LoadBalancerCluster.NAMESPACE)
        .endMetadata()
        .withNewSpec()
        .withNodeName(SimulatedNode.numbered(node).name())
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("lb")
        .withImage("rancher/klipper-lb:v0.4.17")
        .addNewEnv()
        .withName("SRC_RANGES")
        .withValue("0.0.0.0/0")
        .endEnv()
        .endContainer()
        .endSpec()
        .build();
  }

  private static Pod ready(Pod pod) {
    return new PodBuilder(pod)
        .withNewStatus()
        .withPhase("Running")
        .withPodIP("10.42.0.9")
        .addNewPodIP("10.42.0.9")
        .addNewCondition()
        .withType("Ready")
        .withStatus("True")
        .withLastTransitionTime(now())
        .endCondition()
        .addNewContainerStatus()
        .withName("lb")
        .withImage("rancher/klipper-lb:v0.4.17")
        .withImageID("sha256:" + "0f".repeat(32))
        .withReady(true)
        .withRestartCount(0)
        .withNewState()
        .withNewRunning(now())
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static long served(KubernetesClient client) {
    return client.services().inNamespace(LoadBalancerCluster.NAMESPACE).list().getItems().stream()
        .filter(it -> it.getStatus().getLoadBalancer().getIngress().size() == PODS_PER_SERVICE)
        .count();
  }

  private static void idle(ForkedHost host, Settings settings, Series series)
      throws InterruptedException {
    Duration before = host.processorTime();
    Thread.sleep(period(settings).toMillis());
    series.add(
        "without heartbeats: share of one core",
        "%",
        percentOfCore(host.processorTime().minus(before), period(settings)));
  }

  private static void heartbeats(
      ControlPlane controlPlane, ForkedHost host, Settings settings, Series series)
      throws InterruptedException {
    Mark mark = controlPlane.mark();
    int nodes = nodes(settings);
    series.add(
        "heartbeats at five times the pace: share of one core",
        "%",
        whileBeating(controlPlane.client(), nodes, host, period(settings)));
    series.add(
        CPU, "%", whileBeating(controlPlane.client(), nodes / PERIODS, host, period(settings)));
    series.add(
        REQUESTS,
        "",
        controlPlane
            .requestsSince(mark)
            .userAgent(Host.USER_AGENT)
            .filter(it -> !it.verb().equals("watch") && !it.resource().equals("leases"))
            .count());
  }

  /** The share of a core that the host takes while so many nodes write their status. */
  private static double whileBeating(
      KubernetesClient client, int nodes, ForkedHost host, Duration period)
      throws InterruptedException {
    Duration before = host.processorTime();
    Instant start = Instant.now();
    for (int number = 1; number <= nodes; number++) {
      client.nodes().withName(SimulatedNode.numbered(number).name()).editStatus(LargeCluster::beat);
      Instant next = start.plus(period.multipliedBy(number).dividedBy(nodes));
      Thread.sleep(Math.max(0, Duration.between(Instant.now(), next).toMillis()));
    }
    return percentOfCore(
        host.processorTime().minus(before), Duration.between(start, Instant.now()));
  }

  private static double percentOfCore(Duration used, Duration of) {
    return 100 * Series.seconds(used) / Series.seconds(of);
  }

  private static Node beat(Node node) {
    node.getStatus().getConditions().forEach(it -> it.setLastHeartbeatTime(now()));
    return node;
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
