package dev.plinth.examples.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addons.coredns.CoreDnsAddon;
import dev.plinth.addons.servicelb.ServiceLbAddon;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.testkit.node.NodeImage;
import dev.plinth.testkit.node.RealNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CoreDNS and ServiceLB on a node where pods are processes: names are answered, packets arrive, and
 * what the kubelet says of a failure reaches the Service. Only with {@code -Preal-node}.
 */
@Tag("real-node")
class RealNodeIT {

  private static final String TOOLS = "plinth.test/tools:1";
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration READY = Duration.ofSeconds(90);

  @TempDir static Path data;

  private static ControlPlane controlPlane;
  private static RealNode node;
  private static PlinthServer plinth;
  private static KubernetesClient client;
  private static String forwarder;

  @BeforeAll
  static void start() throws Exception {
    Optional<String> obstacle = RealNode.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "skipped: " + obstacle.orElseThrow());
    ServerConfig config = ServerConfig.builder().dataDir(data).nodeName("server").build();
    CoreDnsAddon coreDns = new CoreDnsAddon();
    ServiceLbAddon serviceLb = new ServiceLbAddon();
    forwarder = "docker.io/" + serviceLb.images(config).get(0);
    controlPlane =
        ControlPlane.builder()
            .without(Component.NODES)
            // This machine does not know the node's name.
            .flags(Component.API_SERVER, "--kubelet-preferred-address-types=InternalIP")
            .start();
    client = controlPlane.client();
    node = RealNode.start(controlPlane);
    node.load(
        NodeImage.named("docker.io/" + imageOf(coreDns, config))
            .withProgram("/coredns", Toolbox.standard().resolve(Tool.COREDNS).path())
            .entrypoint("/coredns"));
    node.load(NodeImage.named(TOOLS).withShell());
    node.load(forwarder());
    plinth =
        Plinth.builder()
            .client(client)
            .config(config)
            .addons(AddonCatalog.of(coreDns, serviceLb))
            .start();
  }

  @AfterAll
  static void end() throws Exception {
    String name = node == null ? null : node.name().replace("node-", "");
    try (ControlPlane last = controlPlane;
        RealNode before = node;
        PlinthServer first = plinth) {
      // in this order, each even if another fails
    }
    if (name != null) {
      assertNothingIsLeftOf(name);
    }
  }

  private static void assertNothingIsLeftOf(String node) throws IOException {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      assertThat(mounts.filter(it -> it.contains("plinth-node"))).isEmpty();
    }
    assertThat(Path.of("/sys/class/net/pl-" + node)).doesNotExist();
    for (Path parent : List.of(Path.of("/sys/fs/cgroup/memory"), Path.of("/sys/fs/cgroup"))) {
      assertThat(parent.resolve("plinth-node-" + node)).doesNotExist();
    }
  }

  private static String imageOf(CoreDnsAddon coreDns, ServerConfig config) {
    Matcher image =
        Pattern.compile("image: \"?(?:%\\{\\w+}%)?([^\"\\s]+)")
            .matcher(coreDns.manifests(config).get(0).content());
    assertThat(image.find()).isTrue();
    return image.group(1);
  }

  private static NodeImage forwarder() throws IOException {
    return NodeImage.named(forwarder)
        .withShell()
        .withProgram("/usr/sbin/nft", Path.of("/usr/sbin/nft"))
        .withScript("/bin/forward", script("forward.sh"))
        .entrypoint("/bin/forward");
  }

  private static String script(String name) throws IOException {
    try (InputStream in = RealNodeIT.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void core_dns_becomes_ready_and_answers_a_pod() throws Exception {
    AddonReport report = plinth.awaitReady(READY);
    assertThat(report.addon("coredns").orElseThrow().state())
        .as("%s%n%s", report, node.logs())
        .isEqualTo(AddonState.READY);

    Pod asking =
        create(
            pod(
                    "asking",
                    // kube-proxy may be a moment behind.
                    "for name in kubernetes.default.svc.cluster.local "
                        + node.name()
                        + "; do until nslookup -type=a $name.; do sleep 1; done; done")
                .editSpec()
                .withRestartPolicy("Never")
                .endSpec()
                .build());

    eventually(
        () ->
            assertThat(client.resource(asking).get().getStatus().getPhase())
                .isIn("Succeeded", "Failed"));
    String answer = log(asking);
    assertThat(answer).contains("10.43.0.1").contains(node.address());
  }

  @Test
  void a_load_balancer_service_is_reached_on_the_nodes_addresses() throws Exception {
    create(web("app", 8080, "Hello from a pod"));
    Service service = create(loadBalancer("app", 80, 8080).build());

    awaitAddress(service);
    // By the address that everybody is told, kube-proxy takes the packets itself; by one that
    // nobody is told, they go through the pod that has the host port.
    for (String address : List.of(node.address(), node.unlistedAddress())) {
      eventually(() -> assertThat(get(address, 80)).isEqualTo("Hello from a pod\n"));
    }

    edit(service, it -> it.editSpec().withLoadBalancerSourceRanges("192.0.2.0/24").endSpec());
    eventually(
        () ->
            assertThatThrownBy(() -> get(node.unlistedAddress(), 80))
                .isInstanceOf(HttpConnectTimeoutException.class));
    edit(service, it -> it.editSpec().withLoadBalancerSourceRanges("198.18.0.0/15").endSpec());
    eventually(() -> assertThat(get(node.unlistedAddress(), 80)).isEqualTo("Hello from a pod\n"));

    client.resource(service).delete();
    eventually(
        () ->
            assertThatThrownBy(() -> get(node.unlistedAddress(), 80))
                .isInstanceOf(ConnectException.class));
  }

  @Test
  void an_image_that_is_not_to_be_had_is_told_in_the_kubelets_words() throws Exception {
    node.unload(forwarder);
    Service service = create(loadBalancer("no-image", 81, 8080).build());
    try {
      awaitProblem(service, "ImagePullFailed", node.name(), "rancher/klipper-lb");
    } finally {
      node.load(forwarder());
    }
    awaitAddress(service);
    client.resource(service).delete();
  }

  @Test
  void a_container_that_crashes_is_told_with_the_end_of_its_log() throws Exception {
    node.load(
        NodeImage.named(forwarder)
            .withShell()
            .withScript("/bin/forward", "#!/bin/sh\necho no such table: nat >&2\nexit 3\n")
            .entrypoint("/bin/forward"));
    Service service = create(loadBalancer("crash", 82, 8080).build());
    try {
      awaitProblem(
          service,
          "ContainerFailed",
          node.name(),
          "lb-tcp-82",
          "exit code 3",
          "no such table: nat");
    } finally {
      node.load(forwarder());
    }
    client.resource(service).delete();
  }

  @Test
  void a_host_port_that_a_pod_has_is_told_with_its_name() throws Exception {
    Pod squatter =
        create(
            pod("squatter", "exec sleep 1000000")
                .editSpec()
                .withPriorityClassName("system-node-critical")
                .editFirstContainer()
                .addNewPort()
                .withContainerPort(83)
                .withHostPort(83)
                .endPort()
                .endContainer()
                .endSpec()
                .build());
    eventually(
        () ->
            assertThat(client.resource(squatter).get().getStatus().getPhase())
                .isEqualTo("Running"));
    Service service = create(loadBalancer("late", 83, 8080).build());

    awaitProblem(
        service, "HostPortTaken", "port 83/TCP of node " + node.name(), "default/squatter");

    client.resource(squatter).withGracePeriod(0).delete();
    awaitAddress(service);
    client.resource(service).delete();
  }

  private static PodBuilder pod(String name, String command) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("default")
        .withName(name)
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(0L)
        .addNewContainer()
        .withName("c")
        .withImage(TOOLS)
        .withCommand("/bin/sh", "-c", command)
        .endContainer()
        .endSpec();
  }

  private static Pod web(String name, int port, String text) {
    return pod(
            name,
            "mkdir /www; echo '%s' > /www/index.html; exec httpd -f -p %d -h /www"
                .formatted(text, port))
        .build();
  }

  private static ServiceBuilder loadBalancer(String name, int port, int targetPort) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("default")
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withType("LoadBalancer")
        .addToSelector("app", name)
        .addNewPort()
        .withPort(port)
        .withNewTargetPort(targetPort)
        .endPort()
        .endSpec();
  }

  private static <T extends HasMetadata> T create(T object) {
    return client.resource(object).create();
  }

  private static void edit(Service service, UnaryOperator<ServiceBuilder> change) {
    client
        .services()
        .inNamespace("default")
        .withName(service.getMetadata().getName())
        .edit(it -> change.apply(new ServiceBuilder(it)).build());
  }

  private static String log(Pod pod) {
    return client.raw(
        "/api/v1/namespaces/default/pods/%s/log".formatted(pod.getMetadata().getName()));
  }

  private static void awaitAddress(Service service) {
    eventually(
        () ->
            assertThat(client.resource(service).get().getStatus().getLoadBalancer().getIngress())
                .extracting(it -> it.getIp())
                .containsExactly(node.address()));
  }

  private static void awaitProblem(Service service, String reason, String... messageParts) {
    eventually(
        () -> {
          List<Condition> conditions = client.resource(service).get().getStatus().getConditions();
          assertThat(conditions).hasSize(1);
          assertThat(conditions.get(0).getReason()).isEqualTo(reason);
          assertThat(conditions.get(0).getMessage()).contains(messageParts);
        });
    eventually(
        () ->
            assertThat(
                    client.v1().events().inNamespace("default").list().getItems().stream()
                        .filter(
                            it ->
                                service
                                    .getMetadata()
                                    .getUid()
                                    .equals(it.getInvolvedObject().getUid()))
                        .map(it -> it.getReason()))
                .contains(reason));
  }

  private static String get(String address, int port) throws Exception {
    HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    return http.send(
            HttpRequest.newBuilder(URI.create("http://%s:%d/".formatted(address, port)))
                .timeout(Duration.ofSeconds(3))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  /** With the logs of the node if it does not. */
  private static void eventually(ThrowingRunnable assertion) {
    try {
      await()
          .ignoreExceptions()
          .pollInterval(Duration.ofMillis(200))
          .atMost(PATIENCE)
          .untilAsserted(assertion);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          String.join(System.lineSeparator(), e.getMessage(), containers(), node.logs()), e);
    }
  }

  private static String containers() {
    return client.pods().inAnyNamespace().list().getItems().stream()
        .map(it -> it.getMetadata().getName() + ": " + it.getStatus().getContainerStatuses())
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
