package dev.plinth.examples.server;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plinth.examples.server.Launcher.Result;
import dev.plinth.examples.server.Launcher.Running;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of one data directory, from the first start to its end: each test goes on from there.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class LauncherIT {

  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  @TempDir static Path temp;

  @Test
  @Order(1)
  void the_first_start_makes_all_addons_ready_and_ends_with_its_children() throws Exception {
    Result result = server("--exit-when-ready");

    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode coredns = addon(result.json(), "coredns");
    assertThat(coredns.path("state").asText()).isEqualTo("READY");
    assertThat(coredns.path("objects").asInt()).isPositive();
    assertThat(coredns.path("seconds").isNumber()).isTrue();
    for (String other : List.of("helm-controller", "servicelb", "traefik")) {
      assertThat(addon(result.json(), other).path("state").asText()).isEqualTo("READY");
    }
    // Where there is a network, the official chart is had, and nothing to be told.
    for (JsonNode note : result.json().path("notes")) {
      assertThat(note.asText()).contains("the compact chart of examples/charts stands in");
      assertThat(result.err()).contains(note.asText());
    }
    assertThat(result.err())
        .as("HelmCharts are defined before one is applied")
        .doesNotContain("has no kind");
    assertThat(result.json().path("kubeconfig").asText()).isEqualTo(kubeconfig().toString());
    assertThat(manifest()).exists();
    assertThat(processesOfTheServer()).isEmpty();
  }

  @Test
  @Order(2)
  void a_second_start_goes_on_with_the_same_cluster_and_writes_nothing() throws Exception {
    Set<String> before = auditIds();

    Result result = server("--exit-when-ready");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(addon(result.json(), "coredns").path("state").asText()).isEqualTo("READY");
    assertThat(audit().filter(it -> !before.contains(it.path("auditID").asText())))
        .isNotEmpty()
        .filteredOn(LauncherIT::isWriteOfPlinth)
        .isEmpty();
  }

  @Test
  @Order(3)
  void a_running_server_is_reached_and_looked_at_and_stops_cleanly() throws Exception {
    Path copy = temp.resolve("copy/kubeconfig");
    Running running = start("-o", copy.toString(), "--nodes", "3");
    JsonNode report = awaitReport(running);

    Launcher user = launcher().with("KUBECONFIG", copy.toString());
    Result pods = user.run("kubectl", "get", "pods", "--all-namespaces");
    Result addresses = addressesOfALoadBalancer(user);
    Result status = user.run("status", "--output", "json");
    Result table = user.run("status");
    Files.writeString(
        data().resolve("server/manifests/dropped.yaml"),
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: dropped, namespace: default}}");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> user.run("files").out().contains("dropped.yaml"));
    Result files = user.run("files", "--output", "json");
    Result values = user.run("values", "traefik", "--data-dir", data().toString());
    Result noValues = user.run("values", "trafik", "--data-dir", data().toString());
    Result second = server();
    Result reset = launcher().run("reset", "--data-dir", data().toString());
    Result stopped = running.stop();

    assertThat(pods.out()).as(pods.err()).contains("coredns-", "Running");
    assertThat(addresses.out()).as(addresses.err()).hasLineCount(3);
    assertThat(status.json().path("addons").findValuesAsText("name"))
        .isEqualTo(report.path("addons").findValuesAsText("name"));
    assertThat(addon(status.json(), "coredns").path("state").asText()).isEqualTo("READY");
    assertThat(table.out().lines().toList().get(1)).startsWith("coredns").contains("READY");
    assertThat(files.exitCode()).as(files.err() + files.out()).isZero();
    assertThat(files.json().path("files").get(0).path("name").asText()).isEqualTo("dropped.yaml");
    assertThat(files.json().path("files").get(0).path("objects").asInt()).isEqualTo(1);
    assertThat(values.exitCode()).as(values.err()).isZero();
    assertThat(values.out().lines())
        .anyMatch(it -> it.matches("priorityClassName = .* # HelmChart kube-system/traefik: .*"))
        .anyMatch(it -> it.matches("ports.web.exposedPort = 80 .*# chart traefik: values.yaml.*"));
    assertThat(noValues.exitCode()).isEqualTo(ExitCode.NOT_READY);
    assertThat(noValues.err())
        .contains("HelmChart kube-system/trafik: there is none; found kube-system/traefik");
    assertThat(second.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(second.err()).contains("in use by another plinth");
    assertThat(reset.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(stopped.exitCode()).as(stopped.err()).isZero();
    assertThat(stopped.err()).contains("kubectl", "kubeconfig").doesNotContain("warning", "error");
    assertThat(processesOfTheServer()).isEmpty();
  }

  /** One line for each, as soon as there are three. */
  private Result addressesOfALoadBalancer(Launcher user) throws Exception {
    Path file = temp.resolve("service.yaml");
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          type: LoadBalancer
          selector: {app: web}
          ports: [{port: 8088}]
        """);
    assertThat(user.run("kubectl", "apply", "-f", file.toString()).exitCode()).isZero();
    Result[] addresses = new Result[1];
    await()
        .atMost(START_LIMIT)
        .until(
            () -> {
              addresses[0] =
                  user.run(
                      "kubectl",
                      "get",
                      "service",
                      "web",
                      "-o",
                      "jsonpath={range .status.loadBalancer.ingress[*]}{.ip}{\"\\n\"}{end}");
              return addresses[0].out().lines().count() == 3;
            });
    assertThat(user.run("kubectl", "delete", "service", "web").exitCode()).isZero();
    return addresses[0];
  }

  @Test
  @Order(4)
  void a_name_that_no_addon_has_is_told_with_the_nearest_and_disables_nothing() throws Exception {
    Result result = server("--exit-when-ready", "--disable=cordns", "--disable=");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(addon(result.json(), "coredns").path("state").asText()).isEqualTo("READY");
    assertThat(result.err().lines())
        .anySatisfy(it -> assertThat(it).contains("cordns", "coredns"))
        .anySatisfy(it -> assertThat(it).contains("--disable", "empty item"));
  }

  @Test
  @Order(5)
  void disabling_an_addon_takes_away_all_that_belongs_to_it_and_nothing_else() throws Exception {
    Running enabled = start();
    awaitReport(enabled);
    Set<String> others;
    try (KubernetesClient client = client()) {
      client.resource(userObject()).create();
      others = otherObjects(client);
      assertThat(objectsOfCoreDns(client)).isNotEmpty();
    }
    assertThat(enabled.stop().exitCode()).isZero();

    Running disabled = start("--disable", "coredns");
    JsonNode report = awaitReport(disabled);

    assertThat(addon(report, "coredns").path("state").asText()).isEqualTo("DISABLED");
    try (KubernetesClient client = client()) {
      await()
          .atMost(START_LIMIT)
          .untilAsserted(() -> assertThat(objectsOfCoreDns(client)).isEmpty());
      assertThat(otherObjects(client)).containsAll(others);
    }
    assertThat(manifest()).doesNotExist();
    assertThat(disabled.stop().exitCode()).isZero();
  }

  @Test
  @Order(6)
  void what_is_not_ready_in_time_is_told_with_causes_and_a_whole_report() throws Exception {
    Result result =
        launcher()
            .run(
                "server",
                "--data-dir",
                temp.resolve("no nodes").toString(),
                "--https-listen-port=0",
                "--nodes=0",
                "--output=json",
                "--exit-when-ready",
                "--timeout=3s");

    assertThat(result.exitCode()).isEqualTo(ExitCode.NOT_READY);
    assertThat(addon(result.json(), "coredns").path("state").asText()).isEqualTo("PROGRESSING");
    assertThat(result.err()).contains("not every add-on was ready in 3s", "coredns is PROGRESSING");
  }

  @Test
  @Order(7)
  void the_service_network_of_a_cluster_cannot_change() throws Exception {
    Result result = server("--service-cidr", "10.99.0.0/16");

    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("10.43.0.0/16", "10.99.0.0/16", "--service-cidr");
  }

  @Test
  @Order(8)
  void another_cluster_can_be_used_by_its_kubeconfig() throws Exception {
    Path kubeconfig = temp.resolve("other/kubeconfig");
    Running other =
        launcher()
            .start("control-plane", "--nodes", "2", "--kubeconfig-out", kubeconfig.toString());
    await().atMost(START_LIMIT).until(() -> other.err().contains("is ready"));

    Result result =
        launcher()
            .run(
                "server",
                "--kubeconfig",
                kubeconfig.toString(),
                "--data-dir",
                temp.resolve("other/data").toString(),
                "--exit-when-ready");
    Result example = runExample(kubeconfig);
    Result stopped = other.stop();

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("coredns", "READY", "kubeconfig: " + kubeconfig)
        .doesNotContain("simulated");
    assertThat(example.out()).as(example.err()).contains("coredns READY");
    assertThat(stopped.exitCode()).isZero();
  }

  @Test
  @Order(9)
  void reset_leaves_nothing_of_the_cluster() throws Exception {
    Result result = launcher().run("reset", "--data-dir", data().toString());

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(data()).isEmptyDirectory();
  }

  // --- What the tests are made of ---------------------------------------------------------------

  private Launcher launcher() {
    return Launcher.in(temp);
  }

  private Result server(String... arguments) throws Exception {
    return start(arguments).awaitEnd();
  }

  private Running start(String... arguments) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("server", "--data-dir", data().toString(), "--node-name", "alpha"));
    all.addAll(List.of("--https-listen-port", "0", "--output", "json"));
    all.addAll(List.of(arguments));
    return launcher().start(all.toArray(String[]::new));
  }

  /** The report of a server that goes on. */
  private static JsonNode awaitReport(Running running) throws IOException {
    await()
        .atMost(START_LIMIT)
        .until(() -> running.out().endsWith("}\n") || !running.process().isAlive());
    return new Result(-1, running.out(), running.err()).json();
  }

  /** The example of the README, as a process of its own. */
  private Result runExample(Path kubeconfig) throws Exception {
    return launcher()
        .with("KUBECONFIG", kubeconfig.toString())
        .startCommand(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddingExample.class.getName(),
                "--data-dir",
                temp.resolve("example").toString(),
                "--node-name",
                "beta"))
        .awaitEnd();
  }

  private Path data() {
    return temp.resolve("data directory"); // a space tests quoting everywhere
  }

  private Path kubeconfig() {
    return data().resolve("server/cred/admin.kubeconfig");
  }

  private Path manifest() {
    return data().resolve("server/manifests/coredns.yaml");
  }

  private static JsonNode addon(JsonNode report, String name) {
    for (JsonNode addon : report.path("addons")) {
      if (addon.path("name").asText().equals(name)) {
        return addon;
      }
    }
    throw new AssertionError("no add-on " + name + " in " + report);
  }

  private List<String> processesOfTheServer() {
    return ProcessHandle.allProcesses()
        .flatMap(it -> it.info().commandLine().stream())
        .filter(it -> it.contains(data().toString()))
        .toList();
  }

  private Set<String> auditIds() throws IOException {
    return audit().map(it -> it.path("auditID").asText()).collect(toSet());
  }

  private Stream<JsonNode> audit() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(data().resolve("server/control-plane/audit/audit.log"))) {
      events.add(json.readTree(line));
    }
    return events.stream();
  }

  /**
   * What Plinth does, it does as the administrator, whom the control plane is only for its nodes.
   * Leases are not counted as writes.
   */
  private static boolean isWriteOfPlinth(JsonNode event) {
    return event.path("user").path("username").asText().equals("plinth-admin")
        && !event.path("userAgent").asText().equals("plinth-control-plane")
        && Set.of("create", "update", "patch", "delete", "deletecollection")
            .contains(event.path("verb").asText())
        && !event.path("requestURI").asText().contains("dryRun=All")
        && !event.path("objectRef").path("resource").asText().equals("leases")
        && event.path("responseStatus").path("code").asInt() < 300;
  }

  private KubernetesClient client() {
    Config config = Config.fromKubeconfig(kubeconfig().toFile());
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static HasMetadata userObject() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("of-a-user")
        .withNamespace("kube-system")
        .addToLabels("k8s-app", "kube-dns")
        .endMetadata()
        .build();
  }

  private static Set<String> objectsOfCoreDns(KubernetesClient client) {
    return objects(client)
        .filter(LauncherIT::isOfCoreDns)
        .map(LauncherIT::describe)
        .collect(toSet());
  }

  private static Set<String> otherObjects(KubernetesClient client) {
    return objects(client)
        .filter(it -> !isOfCoreDns(it))
        .map(LauncherIT::describe)
        .collect(toSet());
  }

  /** By label as Plinth does, and by name since a lost label must not hide an object. */
  private static boolean isOfCoreDns(HasMetadata object) {
    Map<String, String> labels =
        Optional.ofNullable(object.getMetadata().getLabels()).orElse(Map.of());
    String name = object.getMetadata().getName();
    return "coredns".equals(labels.get("plinth.dev/addon"))
        || name.equals("kube-dns")
        || name.endsWith("coredns");
  }

  private static String describe(HasMetadata object) {
    return "%s %s/%s"
        .formatted(
            object.getKind(), object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  private static Stream<? extends HasMetadata> objects(KubernetesClient client) {
    return Stream.of(
            client.configMaps().inAnyNamespace().list().getItems(),
            client.serviceAccounts().inAnyNamespace().list().getItems(),
            client.services().inAnyNamespace().list().getItems(),
            client.apps().deployments().inAnyNamespace().list().getItems(),
            client.rbac().clusterRoles().list().getItems(),
            client.rbac().clusterRoleBindings().list().getItems(),
            client
                .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
                .inAnyNamespace()
                .list()
                .getItems())
        .flatMap(List::stream);
  }
}
