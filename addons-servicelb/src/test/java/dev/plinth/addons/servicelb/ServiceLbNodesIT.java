package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.TestCluster.eventually;
import static dev.plinth.addons.servicelb.TestCluster.loadBalancer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.SimulatedNode;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which nodes serve a Service, and by which of their addresses. */
class ServiceLbNodesIT extends OnThreeNodes {
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

    Mark start = cluster.mark();
    CONTROL_PLANE.controlPlane().addNode(SimulatedNode.numbered(4));
    cluster.awaitAddresses(service, N1, N2, N3, "172.31.0.4");
    cluster.editNode("node-4", it -> it.editOrNewSpec().withUnschedulable(true).endSpec());
    Service second = cluster.create(namespace, "second", 81);
    cluster.awaitAddresses(second, N1, N2, N3, "172.31.0.4");
    assertThat(cluster.addresses(service)).containsExactly(N1, N2, N3, "172.31.0.4");

    // Who plays the kubelet has it ready again at once; soon after a write that is told with it.
    eventually(() -> assertThat(sinceStatusWrite(service, start)).isGreaterThan(StatusPace.MOMENT));
    cluster.setReady("node-4", false);
    cluster.awaitAddresses(service, N1, N2, N3);
    cluster.setReady("node-4", true);
    cluster.awaitAddresses(service, N1, N2, N3, "172.31.0.4");

    CONTROL_PLANE.controlPlane().removeNode("node-4");
    cluster.awaitAddresses(service, N1, N2, N3);
    cluster.awaitAddresses(second, N1, N2, N3);
  }

  /** A test that fails must not make others fail. */
  @AfterEach
  void removeTheFourthNode() {
    if (CONTROL_PLANE.client().nodes().withName("node-4").get() != null) {
      CONTROL_PLANE.controlPlane().removeNode("node-4");
    }
  }

  private static Duration sinceStatusWrite(Service service, Mark start) {
    return cluster.since(start).writes().resource("services/status").stream()
        .filter(it -> it.name().equals(service.getMetadata().getName()))
        .map(it -> Duration.between(it.time(), Instant.now()))
        .min(Duration::compareTo)
        .orElseThrow();
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
      // There may be one more, of the moment in which the pods were made anew for opt-in.
      eventually(
          () ->
              assertThat(cluster.events(one, "UnAvailableLoadBalancer"))
                  .extracting(Event::getMessage)
                  .containsOnlyOnce("no address any more, was [" + N2 + "]"));

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
    cluster.taint("node-2", "NoExecute");
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
}
