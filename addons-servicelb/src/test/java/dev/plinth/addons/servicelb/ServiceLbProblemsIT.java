package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.TestCluster.eventually;
import static dev.plinth.addons.servicelb.TestCluster.loadBalancer;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What keeps nodes from serving a Service is said on the Service. */
class ServiceLbProblemsIT extends OnThreeNodes {
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
  void taints_that_no_pod_tolerates_are_named() {
    List<String> nodes = List.of("node-1", "node-2", "node-3");
    nodes.forEach(node -> cluster.taint(node, "NoSchedule"));
    try {
      Service service = cluster.create(namespace, "web", 80);
      cluster.awaitCondition(
          service, "False", "NoSchedulableNode", "maintenance=now:NoSchedule", Names.TOLERATIONS);

      nodes.forEach(node -> cluster.editNode(node, it -> it.editSpec().withTaints().endSpec()));
      cluster.awaitAddresses(service, N1, N2, N3);
    } finally {
      nodes.forEach(node -> cluster.editNode(node, it -> it.editSpec().withTaints().endSpec()));
    }
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
}
