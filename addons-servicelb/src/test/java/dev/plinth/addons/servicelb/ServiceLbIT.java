package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.TestCluster.eventually;
import static dev.plinth.addons.servicelb.TestCluster.loadBalancer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.controlplane.Requests;
import dev.plinth.controlplane.SimulatedNode;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The load balancer on a real control plane, with the rights it needs and no others. */
class ServiceLbIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.serviceCidrs("10.43.0.0/16", "fd43::/112").nodes(3));

  private static final String N1 = "172.31.0.1";
  private static final String N2 = "172.31.0.2";
  private static final String N3 = "172.31.0.3";

  private static TestCluster cluster;
  private static KubernetesClient plinth;
  private static RunningAddon addon;

  private String namespace;

  @BeforeAll
  static void startAddon() {
    ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
    cluster = new TestCluster(controlPlane);
    plinth = controlPlane.clientFor(TestCluster.USER);
    addon = RunningAddon.start(plinth);
  }

  @AfterAll
  static void stopAddon() {
    addon.close();
  }

  @BeforeEach
  void createNamespace(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName().replace('_', '-');
    namespace = name.substring(0, Math.min(name.length(), 60)).replaceAll("-+$", "");
    cluster.createNamespace(namespace);
  }

  @AfterEach
  void leaveNothing() {
    cluster.admin().pods().inNamespace(namespace).delete();
    List<Service> services = cluster.admin().services().inNamespace(namespace).list().getItems();
    cluster.admin().services().inNamespace(namespace).delete();
    services.forEach(cluster::awaitGone);
    for (Service service : services) {
      // Nobody ends a pod whose node has gone.
      cluster
          .podsOf(service)
          .forEach(it -> cluster.admin().resource(it).withGracePeriod(0).delete());
      eventually(() -> assertThat(cluster.podsOf(service)).isEmpty());
    }
  }

  @Test
  void a_service_gets_a_daemonset_and_the_addresses_of_all_nodes() {
    Service service = cluster.create(namespace, "web", 80);

    cluster.awaitAddresses(service, N1, N2, N3);

    assertThat(cluster.daemonSet(service).getMetadata())
        .satisfies(
            it -> {
              assertThat(it.getNamespace()).isEqualTo("kube-system");
              assertThat(it.getName())
                  .isEqualTo("svclb-web-" + service.getMetadata().getUid().substring(0, 8));
            });
    assertThat(cluster.podsOf(service)).hasSize(3);
    assertThat(cluster.live(service).getStatus().getLoadBalancer().getIngress())
        .extracting(LoadBalancerIngress::getIpMode)
        .containsOnly("VIP");
    assertThat(cluster.live(service).getMetadata().getFinalizers())
        .containsExactly("service.kubernetes.io/load-balancer-cleanup");
    cluster.awaitCondition(service, "True", "AddressAssigned", "3 addresses");
    eventually(
        () -> {
          assertThat(cluster.events(service, "AppliedDaemonSet")).hasSize(1);
          assertThat(cluster.events(service, "UpdatedLoadBalancer")).hasSize(1);
        });
  }

  @Test
  void the_finalizer_is_there_before_the_daemonset_and_goes_after_it() {
    Mark start = cluster.mark();
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);

    assertThat(writesButEvents(start))
        .extracting(it -> it.verb() + " " + it.qualifiedResource())
        .startsWith("patch services", "patch daemonsets.apps", "patch services/status");

    Mark before = cluster.mark();
    cluster.admin().resource(service).delete();
    cluster.awaitGone(service);

    assertThat(writesButEvents(before))
        .extracting(it -> it.verb() + " " + it.qualifiedResource())
        .containsExactly("delete daemonsets.apps", "patch services");
  }

  @Test
  void services_with_different_ports_share_the_nodes() {
    Service one = cluster.create(namespace, "one", 8001);
    Service other = cluster.create(namespace, "other", 8002);

    cluster.awaitAddresses(one, N1, N2, N3);
    cluster.awaitAddresses(other, N1, N2, N3);
  }

  @Test
  void of_two_services_with_one_port_the_second_says_why_and_gets_it_soon() {
    Service first = cluster.create(namespace, "first", 80);
    cluster.awaitAddresses(first, N1, N2, N3);
    Service second = cluster.create(namespace, "second", 80);

    cluster.awaitCondition(
        second,
        "False",
        "HostPortTaken",
        "port 80/TCP of node node-1 is held by Service " + namespace + "/first",
        "node-2",
        "node-3");
    assertThat(cluster.addresses(second)).isEmpty();
    eventually(() -> assertThat(cluster.events(second, "HostPortTaken")).hasSize(1));
    assertThat(cluster.addresses(first)).containsExactly(N1, N2, N3);

    cluster.admin().resource(first).delete();
    cluster.awaitGone(first);
    long gone = System.nanoTime();
    eventually(() -> assertThat(cluster.addresses(second)).isNotEmpty());
    assertThat(Duration.ofNanos(System.nanoTime() - gone)).isLessThan(Duration.ofSeconds(2));
    cluster.awaitAddresses(second, N1, N2, N3);
    cluster.awaitCondition(second, "True", "AddressAssigned");
    assertThat(cluster.events(second, "HostPortTaken")).hasSize(1);
  }

  @Test
  void a_pod_that_has_the_port_is_named_and_its_node_left_out() {
    Pod pod = cluster.createPod(namespace, "squatter", "node-2", 80);
    Service service = cluster.create(namespace, "web", 80);

    cluster.awaitAddresses(service, N1, N3);
    cluster.awaitCondition(
        service,
        "True",
        "HostPortTaken",
        "port 80/TCP of node node-2 is held by pod " + namespace + "/squatter");

    cluster.admin().resource(pod).withGracePeriod(0).delete();
    cluster.awaitAddresses(service, N1, N2, N3);
    cluster.awaitCondition(service, "True", "AddressAssigned");
  }

  @Test
  void nodes_stand_there_with_their_external_address_if_they_have_one() {
    cluster.setAddresses("node-2", "InternalIP=" + N2, "ExternalIP=203.0.113.9");
    try {
      Service service = cluster.create(namespace, "web", 80);
      cluster.awaitAddresses(service, N1, N3, "203.0.113.9");

      Mark start = cluster.mark();
      cluster.setAddresses("node-2", "InternalIP=" + N2, "ExternalIP=203.0.113.10");
      long changed = System.nanoTime();
      cluster.awaitAddresses(service, N1, N3, "203.0.113.10");
      assertThat(Duration.ofNanos(System.nanoTime() - changed)).isLessThan(Duration.ofSeconds(2));
      assertThat(cluster.since(start).writes().resource("services/status").count()).isEqualTo(1);

      cluster.setAddresses("node-2", "InternalIP=" + N2);
      cluster.awaitAddresses(service, N1, N2, N3);
    } finally {
      cluster.setAddresses("node-2", "InternalIP=" + N2);
    }
  }

  @Test
  void nodes_come_are_cordoned_fail_and_go() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);

    CONTROL_PLANE.controlPlane().addNode(SimulatedNode.numbered(4));
    cluster.awaitAddresses(service, N1, N2, N3, "172.31.0.4");
    cluster.editNode("node-4", it -> it.editOrNewSpec().withUnschedulable(true).endSpec());
    Service second = cluster.create(namespace, "second", 81);
    cluster.awaitAddresses(second, N1, N2, N3, "172.31.0.4");
    assertThat(cluster.addresses(service)).containsExactly(N1, N2, N3, "172.31.0.4");

    CONTROL_PLANE.controlPlane().removeNode("node-4");
    cluster.awaitAddresses(service, N1, N2, N3);
    cluster.awaitAddresses(second, N1, N2, N3);
  }

  @Test
  void a_label_on_a_node_switches_to_opt_in_and_back_with_one_write_for_each_service() {
    Service one = cluster.create(namespace, "one", 80);
    Service other = cluster.create(namespace, "other", 81);
    cluster.awaitAddresses(one, N1, N2, N3);
    cluster.awaitAddresses(other, N1, N2, N3);
    try {
      Mark start = cluster.mark();
      cluster.labelNode("node-2", "svccontroller.k3s.cattle.io/enablelb", "true");
      cluster.awaitAddresses(one, N2);
      cluster.awaitAddresses(other, N2);
      assertThat(cluster.daemonSet(one).getMetadata().getLabels())
          .containsEntry("svccontroller.k3s.cattle.io/nodeselector", "true");
      assertThat(cluster.since(start).writes().resource("daemonsets.apps").count()).isEqualTo(2);

      cluster.labelNode("node-2", "svccontroller.k3s.cattle.io/enablelb", "false");
      cluster.awaitCondition(one, "False", "NoNodeEnabled", "enablelb");
      assertThat(cluster.addresses(one)).isEmpty();
      eventually(() -> assertThat(cluster.events(one, "UnAvailableLoadBalancer")).hasSize(1));

      Mark back = cluster.mark();
      cluster.labelNode("node-2", "svccontroller.k3s.cattle.io/enablelb", null);
      cluster.awaitAddresses(one, N1, N2, N3);
      cluster.awaitAddresses(other, N1, N2, N3);
      assertThat(cluster.daemonSet(one).getSpec().getTemplate().getSpec().getNodeSelector())
          .isNullOrEmpty();
      assertThat(cluster.since(back).writes().resource("daemonsets.apps").count()).isEqualTo(2);
    } finally {
      cluster.labelNode("node-2", "svccontroller.k3s.cattle.io/enablelb", null);
    }
  }

  @Test
  void pools_give_two_services_the_same_port_on_different_nodes() {
    for (int i = 4; i <= 5; i++) {
      CONTROL_PLANE.controlPlane().addNode(SimulatedNode.numbered(i));
    }
    String pool = "svccontroller.k3s.cattle.io/lbpool";
    cluster.labelNode("node-1", pool, "first");
    cluster.labelNode("node-2", "lbpool.svccontroller.k3s.cattle.io/first", "true");
    cluster.labelNode("node-3", pool, "second");
    cluster.labelNode("node-4", pool, "second");
    try {
      Service first =
          cluster.create(
              loadBalancer(namespace, "one", 443)
                  .editMetadata()
                  .addToLabels(pool, "first")
                  .endMetadata());
      Service second =
          cluster.create(
              loadBalancer(namespace, "two", 443)
                  .editMetadata()
                  .addToLabels(pool, "second")
                  .endMetadata());
      cluster.awaitAddresses(first, N1, N2);
      cluster.awaitAddresses(second, N3, "172.31.0.4");

      // Of the Service, in both directions.
      cluster.edit(second, it -> it.editMetadata().addToLabels(pool, "third").endMetadata());
      cluster.awaitCondition(second, "False", "NoNodeInPool", "'third'");
      assertThat(cluster.addresses(second)).isEmpty();
      // Of a node.
      cluster.labelNode("node-5", "lbpool.svccontroller.k3s.cattle.io/third", "true");
      cluster.awaitAddresses(second, "172.31.0.5");
      cluster.labelNode("node-2", "lbpool.svccontroller.k3s.cattle.io/first", null);
      cluster.awaitAddresses(first, N1);
      cluster.admin().resource(second).delete();
      cluster.edit(first, it -> it.editMetadata().removeFromLabels(pool).endMetadata());
      cluster.awaitAddresses(first, N1, N2, N3, "172.31.0.4", "172.31.0.5");

      // Together with opt-in.
      cluster.edit(first, it -> it.editMetadata().addToLabels(pool, "first").endMetadata());
      cluster.labelNode("node-2", "lbpool.svccontroller.k3s.cattle.io/first", "true");
      cluster.labelNode("node-2", "svccontroller.k3s.cattle.io/enablelb", "true");
      cluster.awaitAddresses(first, N2);
    } finally {
      cluster.labelNode("node-1", pool, null);
      cluster.labelNode("node-2", "lbpool.svccontroller.k3s.cattle.io/first", null);
      cluster.labelNode("node-2", "svccontroller.k3s.cattle.io/enablelb", null);
      cluster.labelNode("node-3", pool, null);
      CONTROL_PLANE.controlPlane().removeNode("node-4");
      CONTROL_PLANE.controlPlane().removeNode("node-5");
    }
  }

  @Test
  void with_policy_local_the_addresses_follow_the_endpoints() {
    Service service =
        cluster.create(
            loadBalancer(namespace, "app", 80)
                .editSpec()
                .withExternalTrafficPolicy("Local")
                .endSpec());
    cluster.awaitCondition(service, "False", "NoLocalEndpoint");

    Pod pod = cluster.createPod(namespace, "app", "node-3", null);
    cluster.awaitAddresses(service, N3);
    cluster.awaitCondition(service, "True", "AddressAssigned");

    cluster.admin().resource(pod).withGracePeriod(0).delete();
    eventually(() -> assertThat(cluster.addresses(service)).isEmpty());
    cluster.createPod(namespace, "app", "node-1", null);
    cluster.awaitAddresses(service, N1);

    cluster.edit(service, it -> it.editSpec().withExternalTrafficPolicy("Cluster").endSpec());
    cluster.awaitAddresses(service, N1, N2, N3);
  }

  @Test
  void families_stand_in_the_order_of_the_service() {
    cluster.setAddresses("node-1", "InternalIP=" + N1, "InternalIP=fd00::1");
    cluster.setAddresses("node-2", "InternalIP=" + N2, "ExternalIP=2001:db8::2");
    try {
      Service ipv4First =
          cluster.create(families(namespace, "four-six", 81, "RequireDualStack", "IPv4", "IPv6"));
      Service ipv6First =
          cluster.create(families(namespace, "six-four", 82, "RequireDualStack", "IPv6", "IPv4"));
      Service ipv6 = cluster.create(families(namespace, "six", 83, "SingleStack", "IPv6"));

      cluster.awaitAddresses(ipv4First, N1, N2, N3, "2001:db8::2", "fd00::1");
      cluster.awaitAddresses(ipv6First, "2001:db8::2", "fd00::1", N1, N2, N3);
      cluster.awaitAddresses(ipv6, "2001:db8::2", "fd00::1");
    } finally {
      cluster.setAddresses("node-1", "InternalIP=" + N1);
      cluster.setAddresses("node-2", "InternalIP=" + N2);
    }
  }

  private static ServiceBuilder families(
      String namespace, String name, int port, String policy, String... families) {
    return loadBalancer(namespace, name, port)
        .editSpec()
        .withIpFamilyPolicy(policy)
        .withIpFamilies(families)
        .endSpec();
  }

  @Test
  void a_pod_that_is_evicted_takes_its_address_along_and_tolerations_bring_it_back() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);
    cluster.editNode(
        "node-2",
        it -> it.editOrNewSpec().addNewTaint("NoExecute", "maintenance", null, "now").endSpec());
    try {
      cluster.awaitAddresses(service, N1, N3);

      cluster.edit(
          service,
          it ->
              it.editMetadata()
                  .addToAnnotations(
                      "svccontroller.k3s.cattle.io/tolerations",
                      "[{\"key\":\"maintenance\",\"operator\":\"Exists\"}]")
                  .endMetadata());
      cluster.awaitAddresses(service, N1, N2, N3);
    } finally {
      cluster.editNode("node-2", it -> it.editSpec().withTaints().endSpec());
    }
  }

  @Test
  void a_pod_that_comes_later_does_not_get_the_port_of_a_service() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);

    Pod late = cluster.createPod(namespace, "late", null, 80);

    eventually(
        () ->
            assertThat(PodTraits.unschedulable(cluster.admin().resource(late).get()))
                .hasValueSatisfying(it -> assertThat(it).contains("free ports")));
    assertThat(cluster.addresses(service)).containsExactly(N1, N2, N3);
    cluster.awaitCondition(service, "True", "AddressAssigned");
  }

  @Test
  void a_service_of_another_type_has_nothing_of_ours_any_more() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);

    cluster.edit(service, it -> it.editSpec().withType("ClusterIP").endSpec());
    awaitNothingOn(service);

    cluster.edit(service, it -> it.editSpec().withType("LoadBalancer").endSpec());
    cluster.awaitAddresses(service, N1, N2, N3);
    assertThat(cluster.live(service).getMetadata().getFinalizers()).hasSize(1);
  }

  @Test
  void a_service_of_our_class_is_served_and_one_of_another_left_alone() {
    Service ours =
        cluster.create(
            loadBalancer(namespace, "ours", 81)
                .editSpec()
                .withLoadBalancerClass("plinth.dev/servicelb")
                .endSpec());
    Mark start = cluster.mark();
    Service foreign =
        cluster
            .admin()
            .resource(
                loadBalancer(namespace, "foreign", 82)
                    .editMetadata()
                    .withFinalizers(Names.FINALIZER)
                    .endMetadata()
                    .editSpec()
                    .withLoadBalancerClass("example.org/other")
                    .endSpec()
                    .build())
            .create();
    setForeignAddress(foreign, "198.51.100.1");
    cluster.awaitAddresses(ours, N1, N2, N3);
    cluster.createPod(namespace, "foreign", "node-1", null);
    cluster.edit(
        foreign, it -> it.editMetadata().addToAnnotations("touched", "true").endMetadata());

    cluster.edit(
        ours, it -> it.editSpec().withType("ClusterIP").withLoadBalancerClass(null).endSpec());
    awaitNothingOn(ours);

    Service after = cluster.live(foreign);
    assertThat(cluster.addresses(foreign)).containsExactly("198.51.100.1");
    assertThat(after.getMetadata().getFinalizers()).containsExactly(Names.FINALIZER);
    assertThat(cluster.since(start).writes().filter(it -> it.name().equals("foreign")).count())
        .isZero();
    cluster.edit(foreign, it -> it.editMetadata().withFinalizers(List.of()).endMetadata());
  }

  private void setForeignAddress(Service service, String address) {
    cluster
        .admin()
        .services()
        .inNamespace(namespace)
        .withName(service.getMetadata().getName())
        .editStatus(
            it ->
                new ServiceBuilder(it)
                    .editOrNewStatus()
                    .withNewLoadBalancer()
                    .addNewIngress()
                    .withIp(address)
                    .endIngress()
                    .endLoadBalancer()
                    .endStatus()
                    .build());
  }

  @Test
  void a_finalizer_that_another_declares_too_stays() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);
    cluster
        .admin()
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("web")
                .withFinalizers(Names.FINALIZER)
                .endMetadata()
                .build())
        .fieldManager("other-cloud")
        .serverSideApply();

    cluster.edit(service, it -> it.editSpec().withType("ClusterIP").endSpec());
    eventually(
        () -> {
          assertThat(cluster.daemonSets(service)).isEmpty();
          assertThat(cluster.condition(service)).isEmpty();
          assertThat(cluster.live(service).getMetadata().getManagedFields())
              .extracting(it -> it.getManager())
              .doesNotContain("plinth-servicelb");
        });
    assertThat(cluster.live(service).getMetadata().getFinalizers())
        .containsExactly(Names.FINALIZER);
    cluster.edit(service, it -> it.editMetadata().withFinalizers(List.of()).endMetadata());
  }

  @Test
  void a_daemonset_that_was_deleted_or_changed_is_put_right() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);
    String uid = cluster.daemonSet(service).getMetadata().getUid();

    cluster.admin().resource(cluster.daemonSet(service)).delete();
    eventually(
        () -> assertThat(cluster.daemonSet(service).getMetadata().getUid()).isNotEqualTo(uid));
    cluster.awaitAddresses(service, N1, N2, N3);

    cluster
        .admin()
        .resource(cluster.daemonSet(service))
        .patch(
            PatchContext.of(PatchType.JSON),
            """
            [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "evil"}]
            """);
    eventually(
        () ->
            assertThat(
                    cluster
                        .daemonSet(service)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getImage())
                .startsWith("rancher/klipper-lb:"));
  }

  @Test
  void a_namespace_can_be_deleted_with_its_services() {
    cluster.createNamespace("doomed");
    Service service = cluster.create("doomed", "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);

    cluster.admin().namespaces().withName("doomed").delete();

    cluster.awaitGone(service);
    eventually(() -> assertThat(cluster.admin().namespaces().withName("doomed").get()).isNull());
  }

  @Test
  void a_service_that_is_deleted_while_held_by_another_finalizer_has_no_addresses() {
    Service service =
        cluster.create(
            loadBalancer(namespace, "web", 80)
                .editMetadata()
                .withFinalizers("example.org/hold")
                .endMetadata());
    cluster.awaitAddresses(service, N1, N2, N3);

    cluster.admin().resource(service).delete();

    eventually(
        () -> {
          assertThat(cluster.daemonSets(service)).isEmpty();
          assertThat(cluster.addresses(service)).isEmpty();
          assertThat(cluster.live(service).getMetadata().getFinalizers())
              .containsExactly("example.org/hold");
        });
    cluster.edit(service, it -> it.editMetadata().withFinalizers(List.of()).endMetadata());
  }

  @Test
  void what_cannot_be_served_says_so_and_disturbs_nobody() {
    Service tolerations =
        cluster.create(annotated("tolerations", 81, Names.TOLERATIONS, "{{{ junk"));
    Service priority =
        cluster.create(annotated("priority", 82, Names.PRIORITY_CLASS, "Not a name!"));
    Service nodePorts =
        cluster.create(
            loadBalancer(namespace, "node-ports", 83)
                .editSpec()
                .withExternalTrafficPolicy("Local")
                .withAllocateLoadBalancerNodePorts(false)
                .endSpec());
    Service ranges =
        cluster.create(
            loadBalancer(namespace, "ranges", 84)
                .editSpec()
                .withLoadBalancerSourceRanges(
                    IntStream.range(0, 10_000)
                        .mapToObj(i -> "10.%d.%d.%d/32".formatted(i >> 16, i >> 8 & 255, i & 255))
                        .toList())
                .endSpec());
    Service sctp =
        cluster.create(
            loadBalancer(namespace, "s".repeat(63), 85)
                .editSpec()
                .editFirstPort()
                .withProtocol("SCTP")
                .endPort()
                .endSpec());

    cluster.awaitCondition(
        tolerations, "False", "InvalidTolerations", Names.TOLERATIONS, "{{{ junk");
    cluster.awaitCondition(priority, "False", "DaemonSetRefused", "priorityClassName");
    cluster.awaitCondition(nodePorts, "False", "NoNodePort", "port 83");
    cluster.awaitCondition(ranges, "False", "InvalidSourceRanges", "10000 source ranges");
    cluster.awaitAddresses(sctp, N1, N2, N3);
    for (Service service : List.of(tolerations, priority, nodePorts, ranges)) {
      assertThat(cluster.daemonSets(service)).isEmpty();
      String reason = cluster.condition(service).orElseThrow().getReason();
      eventually(() -> assertThat(cluster.events(service, reason)).hasSize(1));
    }

    cluster.edit(
        tolerations,
        it ->
            it.editMetadata()
                .addToAnnotations(Names.TOLERATIONS, "- operator: Exists")
                .endMetadata());
    cluster.awaitAddresses(tolerations, N1, N2, N3);
  }

  private ServiceBuilder annotated(String name, int port, String key, String value) {
    return loadBalancer(namespace, name, port)
        .editMetadata()
        .addToAnnotations(key, value)
        .endMetadata();
  }

  @Test
  void an_image_that_cannot_be_pulled_is_named() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);

    for (Pod pod : cluster.podsOf(service)) {
      cluster
          .admin()
          .resource(pod)
          .editStatus(
              it -> {
                it.getStatus().getConditions().stream()
                    .filter(c -> c.getType().endsWith("Ready"))
                    .forEach(c -> c.setStatus("False"));
                it.getStatus().getContainerStatuses().get(0).setReady(false);
                it.getStatus()
                    .getContainerStatuses()
                    .get(0)
                    .setState(
                        new ContainerStateBuilder()
                            .withNewWaiting()
                            .withReason("ImagePullBackOff")
                            .withMessage("no such image")
                            .endWaiting()
                            .build());
                return it;
              });
    }

    cluster.awaitCondition(
        service, "False", "ImagePullFailed", "node-1, node-2, node-3", "no such image");
    assertThat(cluster.addresses(service)).isEmpty();
    eventually(
        () ->
            assertThat(cluster.events(service, "ImagePullFailed"))
                .extracting(Event::getType)
                .containsExactly("Warning"));
  }

  @Test
  void heartbeats_and_other_services_are_no_reason_for_a_request() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);
    settle();
    Mark start = cluster.mark();

    for (int beat = 0; beat < 20; beat++) {
      int now = beat;
      cluster
          .admin()
          .nodes()
          .withName("node-1")
          .editStatus(
              it -> {
                it.getStatus()
                    .getConditions()
                    .forEach(c -> c.setLastHeartbeatTime("2030-01-01T00:00:%02dZ".formatted(now)));
                return it;
              });
    }
    cluster.create(
        loadBalancer(namespace, "internal", 81).editSpec().withType("ClusterIP").endSpec());
    await().pollDelay(Duration.ofSeconds(1)).until(() -> true);

    Requests ours = cluster.since(start);
    assertThat(ours.isEmpty()).as("%s", ours).isTrue();
  }

  @Test
  void a_restart_with_nothing_changed_writes_nothing() {
    Service one = cluster.create(namespace, "one", 80);
    Service other = cluster.create(namespace, "other", 81);
    cluster.awaitAddresses(one, N1, N2, N3);
    cluster.awaitAddresses(other, N1, N2, N3);
    settle();
    addon.close();
    Mark start = cluster.mark();

    addon = RunningAddon.start(plinth);
    Service third = cluster.create(namespace, "third", 82);
    cluster.awaitAddresses(third, N1, N2, N3);

    Requests writes = cluster.since(start).writes().filter(it -> !it.name().contains("third"));
    assertThat(writes.isEmpty()).as("%s", writes).isTrue();
    Requests reads = cluster.since(start).verb("get", "list");
    assertThat(reads.count()).as("%s", reads).isLessThan(20);
  }

  /** Until nothing is written any more. */
  private static void settle() {
    await()
        .pollDelay(Duration.ofMillis(700))
        .atMost(TestCluster.PATIENCE)
        .until(
            () -> {
              Mark mark = cluster.mark();
              await().pollDelay(Duration.ofMillis(500)).until(() -> true);
              return cluster.since(mark).isEmpty();
            });
  }

  private void awaitNothingOn(Service service) {
    eventually(
        () -> {
          assertThat(cluster.daemonSets(service)).isEmpty();
          Service live = cluster.live(service);
          assertThat(live.getMetadata().getFinalizers()).isEmpty();
          assertThat(live.getStatus().getConditions()).isEmpty();
          assertThat(cluster.addresses(service)).isEmpty();
          assertThat(live.getMetadata().getManagedFields())
              .extracting(it -> it.getManager())
              .doesNotContain("plinth-servicelb");
        });
  }

  private static List<Request> writesButEvents(Mark start) {
    return cluster.since(start).writes().filter(it -> !it.resource().equals("events")).list();
  }
}
