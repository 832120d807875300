package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.TestCluster.eventually;
import static dev.plinth.addons.servicelb.TestCluster.loadBalancer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.k3s.K3sLease;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What runs before left, what K3s left, and the ends of the add-on itself. */
class ServiceLbLifecycleIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(builder -> builder.nodes(2));

  private static final String N1 = "172.31.0.1";
  private static final String N2 = "172.31.0.2";
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static TestCluster cluster;
  private static KubernetesClient plinth;

  private final String namespace = "test-" + NUMBER.incrementAndGet();

  @TempDir Path directory;

  @BeforeAll
  static void prepare() {
    ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
    cluster = new TestCluster(controlPlane);
    plinth = controlPlane.clientFor(TestCluster.USER);
  }

  @BeforeEach
  void createNamespace() {
    cluster.createNamespace(namespace);
  }

  @AfterEach
  void leaveNothing() {
    new ServiceLbAddon().cleanUp(RunningAddon.context(cluster.admin(), "kube-system"));
    cluster.admin().services().inNamespace(namespace).delete();
    eventually(
        () ->
            assertThat(
                    cluster
                        .admin()
                        .pods()
                        .inAnyNamespace()
                        .withLabel(Names.SERVICE_NAME)
                        .list()
                        .getItems())
                .isEmpty());
  }

  @Test
  void an_ended_addon_leaves_everything_at_work_and_a_disabled_one_nothing() {
    Service service;
    Service foreign =
        cluster.create(
            loadBalancer(namespace, "foreign", 81)
                .editMetadata()
                .withFinalizers(Names.FINALIZER)
                .endMetadata()
                .editSpec()
                .withLoadBalancerClass("example.org/other")
                .endSpec());
    try (RunningAddon addon = RunningAddon.start(plinth)) {
      service = cluster.create(namespace, "web", 80);
      cluster.awaitAddresses(service, N1, N2);
    }
    assertThat(cluster.addresses(service)).containsExactly(N1, N2);
    assertThat(cluster.daemonSets(service)).hasSize(1);

    new ServiceLbAddon().cleanUp(RunningAddon.context(plinth, "kube-system"));
    new ServiceLbAddon().cleanUp(RunningAddon.context(plinth, "kube-system"));

    assertHasNothing(service);
    assertThat(serviceAccount("kube-system")).isFalse();
    assertThat(cluster.live(foreign).getMetadata().getFinalizers())
        .containsExactly(Names.FINALIZER);
    cluster.edit(foreign, it -> it.editMetadata().withFinalizers(List.of()).endMetadata());
  }

  @Test
  void another_namespace_moves_everything() {
    Service service = cluster.create(namespace, "web", 80);
    try (RunningAddon addon = RunningAddon.start(plinth)) {
      cluster.awaitAddresses(service, N1, N2);
    }

    try (RunningAddon addon = RunningAddon.start(plinth, "lb-" + namespace)) {
      eventually(
          () ->
              assertThat(cluster.daemonSets(service))
                  .extracting(it -> it.getMetadata().getNamespace())
                  .containsExactly("lb-" + namespace));
      cluster.awaitAddresses(service, N1, N2);
      cluster.awaitCondition(service, "True", "AddressAssigned");
      assertThat(serviceAccount("lb-" + namespace)).isTrue();
      assertThat(serviceAccount("kube-system")).isFalse();

      // It is made again if somebody takes it away.
      cluster.admin().namespaces().withName("lb-" + namespace).delete();
      eventually(() -> assertThat(cluster.addresses(service)).isEmpty());
    }
  }

  @Test
  void what_happened_while_nobody_watched_is_found() {
    Service deleted = cluster.create(namespace, "deleted", 80);
    Service changed = cluster.create(namespace, "changed", 81);
    Service bare = cluster.create(namespace, "bare", 82);
    try (RunningAddon addon = RunningAddon.start(plinth)) {
      for (Service service : List.of(deleted, changed, bare)) {
        cluster.awaitAddresses(service, N1, N2);
      }
    }
    cluster.admin().resource(deleted).delete();
    cluster.edit(deleted, it -> it.editMetadata().withFinalizers(List.of()).endMetadata());
    cluster.edit(changed, it -> it.editSpec().withType("ClusterIP").endSpec());
    // As if a run had ended between the DaemonSet and the finalizer.
    cluster.edit(bare, it -> it.editSpec().withType("ClusterIP").endSpec());
    cluster.admin().resource(cluster.daemonSet(bare)).delete();

    try (RunningAddon addon = RunningAddon.start(plinth)) {
      cluster.awaitGone(deleted);
      eventually(() -> assertHasNothing(changed));
      eventually(() -> assertHasNothing(bare));
    }
  }

  @Test
  void an_api_server_that_cannot_select_by_type_is_asked_for_all_services() {
    Service left = cluster.create(namespace, "left", 80);
    try (RunningAddon addon = RunningAddon.start(plinth)) {
      cluster.awaitAddresses(left, N1, N2);
    }
    cluster.edit(left, it -> it.editSpec().withType("ClusterIP").endSpec());
    cluster.admin().resource(cluster.daemonSet(left)).delete();
    Mark start = cluster.mark();

    try (KubernetesClient old =
            OldApiServer.client(CONTROL_PLANE.controlPlane().clientConfigFor(TestCluster.USER));
        RunningAddon addon = RunningAddon.start(old)) {
      eventually(() -> assertHasNothing(left));
      Service served = cluster.create(namespace, "served", 80);
      Service internal =
          cluster.create(
              loadBalancer(namespace, "internal", 81).editSpec().withType("ClusterIP").endSpec());
      cluster.awaitAddresses(served, N1, N2);

      // What comes as an update here is the end of a watched object elsewhere.
      cluster.edit(served, it -> it.editSpec().withType("ClusterIP").endSpec());
      eventually(() -> assertHasNothing(served));
      cluster.edit(served, it -> it.editSpec().withType("LoadBalancer").endSpec());
      cluster.awaitAddresses(served, N1, N2);
      cluster.admin().resource(served).delete();
      cluster.awaitGone(served);

      Requests asked = cluster.since(start);
      assertThat(asked.filter(it -> it.code() == 400).isEmpty()).as("%s", asked).isFalse();
      assertThat(asked.verb("watch").filter(it -> it.uri().contains("fieldSelector=spec.")))
          .as("it knows before it watches")
          .isEmpty();
      assertThat(asked.writes().filter(it -> it.name().equals("internal"))).isEmpty();
      assertHasNothing(internal);
    }
  }

  @Test
  void a_quota_that_leaves_no_place_is_named_until_there_is_place() {
    String place = "quota-" + namespace;
    cluster.createNamespace(place);
    ResourceQuota quota =
        cluster
            .admin()
            .resource(
                new ResourceQuotaBuilder()
                    .withNewMetadata()
                    .withNamespace(place)
                    .withName("one-pod")
                    .endMetadata()
                    .withNewSpec()
                    .addToHard("pods", new Quantity("1"))
                    .endSpec()
                    .build())
            .create();
    eventually(
        () -> assertThat(cluster.admin().resource(quota).get().getStatus().getHard()).isNotEmpty());

    try (RunningAddon addon = RunningAddon.start(plinth, place)) {
      Service service = cluster.create(namespace, "web", 80);
      cluster.awaitCondition(
          service, "True", "PodsRefused", "1 of the pods", "exceeded quota: one-pod");
      assertThat(cluster.addresses(service)).hasSize(1);
      eventually(() -> assertThat(cluster.events(service, "PodsRefused")).hasSize(1));

      cluster.admin().resource(quota).delete();
      cluster.awaitAddresses(service, N1, N2);
      cluster.awaitCondition(service, "True", "AddressAssigned");
      new ServiceLbAddon().cleanUp(RunningAddon.context(cluster.admin(), place));
    }
  }

  @Test
  void an_admission_controller_that_refuses_the_pods_is_quoted() {
    String place = "strict-" + namespace;
    cluster
        .admin()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(place)
                .addToLabels("pod-security.kubernetes.io/enforce", "baseline")
                .endMetadata()
                .build())
        .create();

    try (RunningAddon addon = RunningAddon.start(plinth, place)) {
      Service service = cluster.create(namespace, "web", 80);
      cluster.awaitCondition(
          service, "False", "PodsRefused", "2 of the pods", "violates PodSecurity \"baseline");
      eventually(() -> assertThat(cluster.events(service, "PodsRefused")).hasSize(1));
      new ServiceLbAddon().cleanUp(RunningAddon.context(cluster.admin(), place));
    }
  }

  @Test
  void a_service_account_that_somebody_has_deleted_is_made_again() {
    try (RunningAddon addon = RunningAddon.start(plinth)) {
      cluster.admin().serviceAccounts().inNamespace("kube-system").withName("svclb").delete();

      Service service = cluster.create(namespace, "web", 80);

      cluster.awaitAddresses(service, N1, N2);
      cluster.awaitCondition(service, "True", "AddressAssigned");
      assertThat(serviceAccount("kube-system")).isTrue();
    }
  }

  @Test
  void daemonsets_of_early_k3s_beside_their_service_are_cleaned() {
    Service service = cluster.create(namespace, "web", 80);
    cluster
        .admin()
        .resource(
            new DaemonSetBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("svclb-web")
                .addToLabels(Names.NODES_OPTED_IN, "false")
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Service")
                .withName("web")
                .withUid(service.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", "svclb-web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "svclb-web")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("lb")
                .withImage("old")
                .addNewPort()
                .withContainerPort(80)
                .withHostPort(80)
                .endPort()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();

    try (RunningAddon addon = RunningAddon.start(plinth)) {
      cluster.awaitAddresses(service, N1, N2);
      assertThat(cluster.daemonSet(service).getMetadata().getNamespace()).isEqualTo("kube-system");
    }
  }

  @Test
  void a_cluster_of_k3s_is_taken_over_without_a_new_pod() throws Exception {
    Service service = cluster.create(namespace, "web", 80);
    ServiceLbSettings settings =
        ServiceLbSettings.of(RunningAddon.context(plinth, "kube-system").config());
    DaemonSet wanted = DesiredDaemonSet.of(cluster.live(service), settings, false);
    cluster.admin().serviceAccounts().resource(account()).create();
    asK3s(
        new DaemonSetBuilder(wanted)
            .editMetadata()
            .removeFromAnnotations(Names.APPLIED)
            .addToAnnotations("objectset.rio.cattle.io/id", "")
            .endMetadata()
            .build());
    cluster
        .admin()
        .resource(service)
        .patch(
            manager(PatchType.JSON_MERGE),
            "{\"metadata\":{\"finalizers\":[\"%s\"]}}".formatted(Names.FINALIZER));
    cluster
        .admin()
        .resource(service)
        .subresource("status")
        .patch(
            manager(PatchType.JSON_MERGE),
            "{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"%s\"},{\"ip\":\"%s\"}]}}}"
                .formatted(N1, N2));
    eventually(() -> assertThat(cluster.podsOf(service)).hasSize(2));
    Set<String> pods = uids(service);

    try (RunningAddon addon = RunningAddon.start(plinth)) {
      cluster.awaitCondition(service, "True", "AddressAssigned");
      assertThat(uids(service)).isEqualTo(pods);
      assertThat(managers(cluster.live(service).getMetadata().getManagedFields()))
          .contains("plinth-servicelb")
          .doesNotContain("k3s");
      assertThat(cluster.daemonSet(service).getMetadata().getAnnotations())
          .doesNotContainKey("objectset.rio.cattle.io/id");

      cluster.edit(service, it -> it.editSpec().withType("ClusterIP").endSpec());
      eventually(() -> assertHasNothing(service));
    }
  }

  @Test
  void what_a_k3s_that_is_alive_serves_is_left_to_it_and_taken_over_when_it_dies()
      throws Exception {
    cluster.grant("plinth");
    Service service = cluster.create(namespace, "web", 80);
    cluster.admin().serviceAccounts().resource(account()).create();
    asK3s(
        new DaemonSetBuilder(
                DesiredDaemonSet.of(
                    cluster.live(service),
                    ServiceLbSettings.of(RunningAddon.context(plinth, "kube-system").config()),
                    false))
            .editMetadata()
            .removeFromAnnotations(Names.APPLIED)
            .addToAnnotations("objectset.rio.cattle.io/id", "")
            .endMetadata()
            .build());
    eventually(() -> assertThat(cluster.podsOf(service)).hasSize(2));
    Set<String> pods = uids(service);
    K3sLease lease = K3sLease.renewed(cluster.admin(), 2, Duration.ofMinutes(-10));
    try (PlinthServer server = server()) {
      eventually(
          () ->
              assertThat(server.status().addon("servicelb").orElseThrow())
                  .extracting(AddonStatus::state, AddonStatus::reason)
                  .containsExactly(AddonState.BLOCKED, "OwnedByK3s"));
      assertThat(cluster.daemonSet(service).getMetadata().getAnnotations())
          .containsKey("objectset.rio.cattle.io/id");

      lease.close();

      cluster.awaitCondition(service, "True", "AddressAssigned");
      assertThat(cluster.daemonSet(service).getMetadata().getAnnotations())
          .doesNotContainKey("objectset.rio.cattle.io/id");
      assertThat(uids(service)).isEqualTo(pods);
    } finally {
      lease.close();
      K3sLease.remove(cluster.admin());
    }
  }

  @Test
  void a_server_with_the_documented_rights_serves_reports_and_takes_everything_away()
      throws Exception {
    cluster.grant("plinth");
    Service service = cluster.create(namespace, "web", 80);
    try (PlinthServer server = server()) {
      AddonReport report = server.awaitReady(Duration.ofSeconds(60));
      assertThat(report.addon("servicelb").orElseThrow().state()).isEqualTo(AddonState.READY);
      cluster.awaitAddresses(service, N1, N2);
    }
    try (PlinthServer server = server("servicelb")) {
      eventually(() -> assertHasNothing(service));
      eventually(() -> assertThat(serviceAccount("kube-system")).isFalse());
    }
  }

  private PlinthServer server(String... disabled) {
    return Plinth.builder()
        .client(plinth)
        .config(
            ServerConfig.builder().dataDir(directory).nodeName("node-1").disable(disabled).build())
        .addons(AddonCatalog.of(new ServiceLbAddon()))
        .start();
  }

  private void assertHasNothing(Service service) {
    assertThat(cluster.daemonSets(service)).isEmpty();
    Service live = cluster.live(service);
    assertThat(live.getMetadata().getFinalizers()).isEmpty();
    assertThat(live.getStatus().getLoadBalancer().getIngress()).isEmpty();
    assertThat(live.getStatus().getConditions()).isEmpty();
  }

  private boolean serviceAccount(String where) {
    return cluster.admin().serviceAccounts().inNamespace(where).withName("svclb").get() != null;
  }

  private Set<String> uids(Service service) {
    return cluster.podsOf(service).stream()
        .map(Pod::getMetadata)
        .map(it -> it.getUid())
        .collect(Collectors.toSet());
  }

  private static List<String> managers(List<ManagedFieldsEntry> entries) {
    return entries.stream().map(ManagedFieldsEntry::getManager).toList();
  }

  private static ServiceAccount account() {
    return new ServiceAccountBuilder()
        .withNewMetadata()
        .withNamespace("kube-system")
        .withName("svclb")
        .endMetadata()
        .build();
  }

  /** K3s updates, and its process's name is the field manager. */
  private static void asK3s(DaemonSet daemonSet) {
    cluster
        .admin()
        .raw(
            "/apis/apps/v1/namespaces/kube-system/daemonsets?fieldManager=k3s",
            "POST",
            Serialization.asJson(daemonSet));
  }

  private static PatchContext manager(PatchType type) {
    return new PatchContext.Builder().withPatchType(type).withFieldManager("k3s").build();
  }
}
