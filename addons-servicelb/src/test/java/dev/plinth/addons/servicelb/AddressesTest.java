package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.Objects.node;
import static dev.plinth.addons.servicelb.Objects.pod;
import static dev.plinth.addons.servicelb.Objects.readyPod;
import static dev.plinth.addons.servicelb.Objects.service;
import static dev.plinth.addons.servicelb.Objects.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {

  private static final Node BOTH = node("n", "ExternalIP=1.2.3.4", "ExternalIP=2001:db8::1");

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "IPv4, 1.2.3.4",
    "IPv6, 2001:db8::1",
    "IPv4 IPv6, 1.2.3.4 2001:db8::1",
    "IPv6 IPv4, 2001:db8::1 1.2.3.4"
  })
  void only_families_of_the_service_count_in_its_order(String families, String expected) {
    assertThat(String.join(" ", of(families, List.of(readyPod("n")), BOTH))).isEqualTo(expected);
  }

  @Test
  void addresses_of_one_family_are_sorted_by_value() {
    Node node =
        node(
            "n",
            "InternalIP=3001:db8::1",
            "InternalIP=10.0.0.10",
            "InternalIP=2001:db8::1",
            "InternalIP=10.0.0.9",
            "InternalIP=200.0.0.1");

    assertThat(of("IPv4 IPv6", List.of(readyPod("n")), node))
        .containsExactly("10.0.0.9", "10.0.0.10", "200.0.0.1", "2001:db8::1", "3001:db8::1");
  }

  @Test
  void each_node_stands_there_with_external_addresses_or_else_internal_ones() {
    Node external = node("a", "InternalIP=10.0.0.1", "ExternalIP=203.0.113.1");
    Node internal = node("b", "InternalIP=10.0.0.2");

    assertThat(of("IPv4", List.of(readyPod("a"), readyPod("b")), external, internal))
        .containsExactly("10.0.0.2", "203.0.113.1");
  }

  @Test
  void an_external_address_of_one_family_does_not_hide_an_internal_one_of_the_other() {
    Node node = node("n", "ExternalIP=203.0.113.1", "InternalIP=10.0.0.1", "InternalIP=fd00::1");

    assertThat(of("IPv6", List.of(readyPod("n")), node)).containsExactly("fd00::1");
    assertThat(of("IPv4 IPv6", List.of(readyPod("n")), node))
        .containsExactly("203.0.113.1", "fd00::1");
  }

  @Test
  void only_ready_pods_that_stay_and_have_an_address_count() {
    Pod going =
        pod("n", true)
            .editMetadata()
            .withDeletionTimestamp("2030-01-01T00:00:00Z")
            .endMetadata()
            .build();
    Pod withoutAddress = pod("n", true).editStatus().withPodIP(null).endStatus().build();

    assertThat(of("IPv4", List.of(pod("n", false).build(), going, withoutAddress), BOTH)).isEmpty();
  }

  @Test
  void only_nodes_that_are_there_and_up_count() {
    Node down =
        new NodeBuilder(BOTH)
            .editStatus()
            .editFirstCondition()
            .withStatus("Unknown")
            .endCondition()
            .endStatus()
            .build();
    Node cordoned = new NodeBuilder(BOTH).withNewSpec().withUnschedulable(true).endSpec().build();

    assertThat(of("IPv4", List.of(readyPod("other")), BOTH)).isEmpty();
    assertThat(of("IPv4", List.of(readyPod("n")), down)).isEmpty();
    assertThat(of("IPv4", List.of(readyPod("n")), cordoned)).containsExactly("1.2.3.4");
  }

  @Test
  void what_is_no_address_is_passed_over_and_none_stands_twice() {
    Node odd =
        node("a", "InternalIP=node-a.local", "InternalIP=fe80::1%eth0", "InternalIP=1.1.1.1");
    Node same = node("b", "InternalIP=1.1.1.1");

    assertThat(of("IPv4 IPv6", List.of(readyPod("a"), readyPod("b")), odd, same))
        .containsExactly("1.1.1.1");
  }

  @ParameterizedTest
  @CsvSource({"true, Pod, 1.2.3.4", "false, Pod, ''", ", Pod, ''", "true, Node, ''"})
  void with_policy_local_a_node_needs_an_endpoint_that_is_ready(
      Boolean ready, String kind, String expected) {
    Service local = service("web").editSpec().withExternalTrafficPolicy("Local").endSpec().build();

    List<String> addresses =
        Addresses.of(local, List.of(readyPod("n")), nodes(BOTH), List.of(slice("n", ready, kind)));

    assertThat(String.join(" ", addresses)).isEqualTo(expected);
  }

  @Test
  void a_slice_without_endpoints_has_none() {
    EndpointSlice empty =
        new EndpointSliceBuilder().withNewMetadata().withName("web-1").endMetadata().build();
    empty.setEndpoints(null);

    assertThat(Addresses.nodesWithEndpoint(List.of(empty))).isEmpty();
    assertThat(Trimmed.endpointSlice(empty).getEndpoints()).isEmpty();
  }

  private static List<String> of(String families, List<Pod> pods, Node... nodes) {
    Service service =
        service("web")
            .editSpec()
            .withIpFamilies(families.isEmpty() ? List.of() : List.of(families.split(" ")))
            .endSpec()
            .build();
    return Addresses.of(service, pods, nodes(nodes), List.of());
  }

  private static Function<String, Optional<Node>> nodes(Node... nodes) {
    Map<String, Node> byName =
        Arrays.stream(nodes).collect(Collectors.toMap(it -> it.getMetadata().getName(), it -> it));
    return name -> Optional.ofNullable(byName.get(name));
  }
}
