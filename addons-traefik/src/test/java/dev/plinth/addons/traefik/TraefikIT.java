package dev.plinth.addons.traefik;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addons.servicelb.ServiceLbAddon;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.helm.controller.HelmControllerAddon;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.helm.release.ReleaseStorage;
import dev.plinth.helm.release.StorageDriver;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of Traefik in one cluster: each test goes on from the one before. The compact chart
 * stands in the place of the official one, among the static charts, since tests get nothing from
 * elsewhere.
 */
@WithControlPlane(nodes = 1)
@TestMethodOrder(OrderAnnotation.class)
class TraefikIT {

  private static final String NAMESPACE = "kube-system";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path temp;
  private static Path data;
  private static ControlPlane controlPlane;
  private static KubernetesClient client;
  private static NoWayOut network;
  private static PlinthServer server;

  @BeforeAll
  static void begin(ControlPlane started) throws Exception {
    controlPlane = started;
    client = controlPlane.client();
    data = temp.resolve("data");
    network = NoWayOut.begin();
  }

  @AfterAll
  static void end() {
    stop();
    network.close();
  }

  @Test
  @Order(1)
  void an_older_traefik_goes_on_running_until_its_replacement_is_allowed() throws Exception {
    Deployment old = client.resource(oldTraefik()).create();
    start();

    AddonStatus status = awaitState("traefik", AddonState.BLOCKED);

    assertThat(status.reason()).isEqualTo("OlderTraefikPresent");
    assertThat(status.message())
        .contains(
            "found Traefik v2 (image rancher/mirrored-library-traefik:2.11.18)",
            "would install v3 (chart 41.3.0)",
            "--traefik-allow-major-upgrade");
    assertThat(helmChart()).isNull();
    Deployment now = client.resource(old).get();
    assertThat(now.getSpec()).isEqualTo(old.getSpec());
    assertThat(now.getMetadata().getUid()).isEqualTo(old.getMetadata().getUid());
    stop();

    // The HelmChart of a K3s, which only has to be told from a newer one.
    HelmChart ofK3s = client.resource(helmChartOfK3s()).create();
    client.resource(old).delete();
    start();
    assertThat(awaitState("traefik", AddonState.BLOCKED).message())
        .contains(
            "found Traefik v2 (HelmChart https://%{KUBERNETES_API}%/static/charts/traefik-27");
    assertThat(helmChart().getSpec()).isEqualTo(ofK3s.getSpec());
    stop();

    // Allowed, it is taken over, and installed as soon as the chart can be had.
    start("--traefik-allow-major-upgrade");
    waiting().until(() -> "41.3.0".equals(helmChart().getSpec().version()));
    assertThat(helmChart().getMetadata().getUid()).isEqualTo(ofK3s.getMetadata().getUid());
  }

  @Test
  @Order(2)
  void a_chart_that_is_nowhere_is_told_with_the_places_and_found_when_it_is_put_there()
      throws Exception {
    AddonStatus status = awaitState("traefik", AddonState.FAILED);
    assertThat(status.reason()).isEqualTo("ChartUnavailable");
    assertThat(status.message())
        .contains(
            "chart traefik 41.3.0 is neither in " + archive(),
            "nor on the class path as META-INF/plinth/charts/traefik-41.3.0.tgz",
            "nor to be had: https://traefik.github.io/charts/index.yaml can not be reached");

    Files.createDirectories(archive().getParent());
    Files.write(archive(), CompactChart.asOfficial(Files.createDirectory(temp.resolve("chart"))));

    awaitState("traefik", AddonState.READY);
    AddonReport report = server.awaitReady(PATIENCE);
    assertThat(report.ready()).as(report.toString()).isTrue();
    assertThat(helmChart().getStatus().revision()).isEqualTo(1);
    assertThat(helmChart().getStatus().chartVersion()).isEqualTo("41.3.0");
    assertThat(data.resolve("server/manifests/traefik.yaml")).exists();
    assertThat(service().getSpec().getType()).isEqualTo("LoadBalancer");
    assertThat(ports()).containsExactly(80, 443);
    waiting().until(() -> !service().getStatus().getLoadBalancer().getIngress().isEmpty());
    assertThat(
            client
                .apps()
                .deployments()
                .inNamespace(NAMESPACE)
                .withName("traefik")
                .get()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage())
        .isEqualTo("docker.io/rancher/mirrored-library-traefik:3.7.8");
  }

  @Test
  @Order(3)
  void a_config_that_is_dropped_changes_the_service_within_two_seconds() throws Exception {
    long begin = System.nanoTime();
    drop("ports: {web: {exposedPort: 8081}}");
    waiting().until(() -> ports().contains(8081));
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    System.getLogger(TraefikIT.class.getName())
        .log(System.Logger.Level.INFO, "From the file to the Service: {0} ms", took.toMillis());

    assertThat(ports()).containsExactly(8081, 443);
    waiting().until(() -> helmChart().getStatus().revision() == 2);
    waiting().until(() -> "True".equals(applied().getStatus()));
    assertThat(applied().getMessage()).contains("revision 2");
    awaitFile(AddonState.READY);
    assertThat(took).isLessThan(limit());
  }

  @Test
  @Order(4)
  void a_broken_config_leaves_the_revision_in_force_and_is_told_everywhere() throws Exception {
    Path file = drop("ports: {web: {exposedPort: eighty}}");

    AddonStatus ofFile = awaitFile(AddonState.FAILED);
    Condition ofConfig = applied();
    AddonStatus ofAddon = awaitState("traefik", AddonState.FAILED);

    String place = "HelmChartConfig kube-system/traefik: spec.valuesContent, line 1, column";
    assertThat(ofConfig.getStatus()).isEqualTo("False");
    assertThat(ofConfig.getReason()).isEqualTo("InvalidValues");
    assertThat(ofConfig.getMessage())
        .contains(
            place,
            "ports.web.exposedPort",
            "see https://github.com/traefik/traefik-helm-chart/blob/v41.3.0/traefik/VALUES.md",
            "revision 2 stays in force",
            "declared in " + file);
    assertThat(ofFile.message()).contains(place, "ports.web.exposedPort");
    assertThat(ofAddon.message()).contains(place, "ports.web.exposedPort");
    GenericKubernetesResource addon =
        client
            .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
            .inNamespace(NAMESPACE)
            .withName("traefik-config")
            .get();
    assertThat(addon.get("status", "problems").toString()).contains(file + ":1", place);
    assertThat(history()).extracting(Release::revision).containsExactly(1, 2);
    assertThat(ports()).containsExactly(8081, 443);

    drop("ports: {web: {exposedPort: 8081}}");
    awaitFile(AddonState.READY);
    awaitState("traefik", AddonState.READY);
    assertThat(history()).extracting(Release::revision).containsExactly(1, 2);
  }

  @Test
  @Order(5)
  void disabled_it_is_gone_and_its_definitions_stay_until_that_is_consented_to() throws Exception {
    stop();
    start("--disable", "traefik");

    AddonStatus status = awaitState("traefik", AddonState.DISABLED);

    assertThat(history()).as(status.toString()).isEmpty();
    assertThat(helmChart()).isNull();
    assertThat(service()).isNull();
    assertThat(data.resolve("server/manifests/traefik.yaml")).doesNotExist();
    waiting()
        .until(
            () ->
                client
                    .apps()
                    .daemonSets()
                    .inNamespace(NAMESPACE)
                    .withLabel("svccontroller.k3s.cattle.io/svcname", "traefik")
                    .list()
                    .getItems()
                    .isEmpty());
    assertThat(definition()).isTrue();
    stop();

    start("--disable", "traefik", "--delete-protected", "traefik");
    awaitState("traefik", AddonState.DISABLED);
    waiting().until(() -> !definition());
    stop();
  }

  @Test
  @Order(6)
  void without_the_helm_controller_its_charts_are_left_to_another_one_under_the_documented_rules()
      throws Exception {
    start(
        limited(),
        AddonCatalog.of(new HelmControllerAddon(), new TraefikAddon()),
        "--disable-helm-controller");

    waiting().until(() -> status("traefik").message().contains("applied for another controller"));

    assertThat(status("traefik").state()).isEqualTo(AddonState.BLOCKED);
    assertThat(status("traefik").message())
        .startsWith(
            "needs helm.cattle.io/v1, which 'helm-controller' provides, disabled by"
                + " --disable-helm-controller");
    assertThat(helmChart()).isNotNull();
    assertThat(helmChart().getMetadata().getFinalizers()).isEmpty();
    assertThat(history()).isEmpty();
  }

  @Test
  @Order(7)
  void definitions_in_a_release_of_k3s_stay_when_traefik_goes() throws Exception {
    stop();
    // As it is, it waits for no other chart.
    client.resource(helmChart()).delete();
    Path archive = archive().resolveSibling("traefik-crd-41.3.0+up41.3.0.tgz");
    Files.write(
        archive, CompactChart.definitions(Files.createDirectory(temp.resolve("definitions"))));
    start();
    AddonStatus status = awaitState("traefik", AddonState.READY);
    assertThat(status.objects()).isEqualTo(2);
    assertThat(middlewares().get().getMetadata().getAnnotations())
        .containsEntry("meta.helm.sh/release-name", "traefik-crd")
        .as("Traefik's own chart came later, and has left it alone")
        .doesNotContainKey("plinth.dev/chart");
    assertThat(history("traefik-crd")).hasSize(1);
    stop();

    start("--disable", "traefik");
    awaitState("traefik", AddonState.DISABLED);
    assertThat(history()).isEmpty();
    assertThat(client.resources(HelmChart.class).inNamespace(NAMESPACE).list().getItems())
        .isEmpty();
    assertThat(definition()).isTrue();
    assertThat(history("traefik-crd")).hasSize(1);
    stop();

    // It is taken up again, and left when its archive goes.
    start();
    awaitState("traefik", AddonState.READY);
    assertThat(history("traefik-crd")).hasSize(1);
    stop();
    Files.delete(archive);
    start();
    waiting().until(() -> status("traefik").objects() == 1);
    awaitState("traefik", AddonState.READY);
    assertThat(definition()).isTrue();
    stop();

    start("--disable", "traefik", "--delete-protected", "traefik");
    awaitState("traefik", AddonState.DISABLED);
    waiting().until(() -> !definition());
    assertThat(history("traefik-crd")).isEmpty();
  }

  /** With the rights in docs/roles alone. */
  private static KubernetesClient limited() throws Exception {
    for (String name : List.of("plinth", "plinth-traefik")) {
      Path file = CompactChart.directory().resolve("../../../docs/roles/" + name + ".yaml");
      client.resource(Serialization.unmarshal(Files.readString(file), ClusterRole.class)).create();
      client
          .resource(
              new ClusterRoleBindingBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .endMetadata()
                  .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name)
                  .addNewSubject("rbac.authorization.k8s.io", "User", "plinth", null)
                  .build())
          .create();
    }
    return controlPlane.clientFor("plinth");
  }

  private static void start(String... flags) {
    start(
        client,
        AddonCatalog.of(new HelmControllerAddon(), new ServiceLbAddon(), new TraefikAddon()),
        flags);
  }

  private static void start(KubernetesClient by, AddonCatalog addons, String... flags) {
    String[] args = new String[flags.length + 4];
    List<String> fixed = List.of("--data-dir", data.toString(), "--node-name", "n1");
    for (int i = 0; i < args.length; i++) {
      args[i] = i < 4 ? fixed.get(i) : flags[i - 4];
    }
    server =
        Plinth.builder()
            .client(by)
            .config(ServerConfig.fromArgs(addons, args))
            .addons(addons)
            .start();
  }

  private static void stop() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  private static AddonStatus status(String addon) {
    return server.status().addon(addon).orElseThrow();
  }

  private static AddonStatus awaitState(String addon, AddonState state) {
    AtomicReference<AddonStatus> last = new AtomicReference<>();
    waiting()
        .untilAsserted(
            () -> {
              last.set(status(addon));
              assertThat(last.get().state()).as(last.toString()).isEqualTo(state);
            });
    return last.get();
  }

  /** The user's file with the config. */
  private static AddonStatus awaitFile(AddonState state) {
    AtomicReference<AddonStatus> last = new AtomicReference<>();
    waiting()
        .untilAsserted(
            () -> {
              last.set(
                  server.status().files().stream()
                      .filter(it -> it.name().equals("traefik-config.yaml"))
                      .findFirst()
                      .orElseThrow());
              assertThat(last.get().state()).as(last.toString()).isEqualTo(state);
            });
    return last.get();
  }

  private static Path drop(String values) throws Exception {
    Path file = data.resolve("server/manifests/traefik-config.yaml");
    Path fresh = temp.resolve("traefik-config.yaml");
    Files.writeString(
        fresh,
        """
        apiVersion: helm.cattle.io/v1
        kind: HelmChartConfig
        metadata:
          name: traefik
          namespace: kube-system
        spec:
          valuesContent: |-
            %s
        """
            .formatted(values));
    return Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path archive() {
    return data.resolve("server/static/charts/traefik-41.3.0.tgz");
  }

  private static HelmChart helmChart() {
    return client.resources(HelmChart.class).inNamespace(NAMESPACE).withName("traefik").get();
  }

  private static Condition applied() {
    return client
        .resources(HelmChartConfig.class)
        .inNamespace(NAMESPACE)
        .withName("traefik")
        .get()
        .getStatus()
        .conditions()
        .get(0);
  }

  private static Service service() {
    return client.services().inNamespace(NAMESPACE).withName("traefik").get();
  }

  private static List<Integer> ports() {
    return service().getSpec().getPorts().stream().map(ServicePort::getPort).toList();
  }

  private static List<Release> history() {
    return history("traefik");
  }

  private static List<Release> history(String release) {
    return new ReleaseStorage(client, StorageDriver.SECRET, InstantSource.system())
        .history(new ReleaseName(NAMESPACE, release));
  }

  private static boolean definition() {
    return middlewares().get() != null;
  }

  private static Resource<CustomResourceDefinition> middlewares() {
    return client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("middlewares.traefik.io");
  }

  /** On a machine that has more to do than this test, only that it comes. */
  private static Duration limit() {
    return Duration.ofSeconds(Long.getLong("plinth.traefik.limit", 2));
  }

  private static ConditionFactory waiting() {
    return Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
  }

  /** With the label by which K3s marks what is in its traefik.yaml. */
  @SuppressWarnings("deprecation") // SHA-1 is what K3s has written.
  private static HelmChart helmChartOfK3s() {
    return Serialization.unmarshal(
        """
        apiVersion: helm.cattle.io/v1
        kind: HelmChart
        metadata:
          name: traefik
          namespace: kube-system
          labels: {objectset.rio.cattle.io/hash: %s}
        spec:
          chart: https://%%{KUBERNETES_API}%%/static/charts/traefik-27.0.2+up27.0.2.tgz
        """
            .formatted(
                Hashing.sha1().hashString("k3s.cattle.io/v1, Kind=Addontraefikkube-system", UTF_8)),
        HelmChart.class);
  }

  private static Deployment oldTraefik() {
    Map<String, String> labels = Map.of("app", "traefik");
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("traefik")
        .withNamespace(NAMESPACE)
        .endMetadata()
        .withNewSpec()
        .withNewSelector()
        .withMatchLabels(labels)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("traefik")
        .withImage("rancher/mirrored-library-traefik:2.11.18")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
