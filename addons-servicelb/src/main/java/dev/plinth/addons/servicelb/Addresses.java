package dev.plinth.addons.servicelb;

import static com.google.common.primitives.UnsignedBytes.lexicographicalComparator;
import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.toSet;

import com.google.common.net.InetAddresses;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * By which addresses a Service is reached: those of the nodes that run a pod of it that is ready,
 * and with policy Local an endpoint of it that is ready.
 *
 * <p>Each node stands there with its external addresses of a family, or if it has none of that
 * family with its internal ones. The families are in the Service's order, the addresses of one
 * sorted by value.
 */
final class Addresses {

  private Addresses() {}

  /**
   * The addresses, in the order of the status.
   *
   * @param pods the pods of the Service's DaemonSet
   * @param nodes the node of a name, if it exists
   * @param slices the Service's endpoint slices
   */
  static List<String> of(
      Service service,
      Collection<Pod> pods,
      Function<String, Optional<Node>> nodes,
      Collection<EndpointSlice> slices) {
    Set<String> serving =
        pods.stream()
            .filter(PodTraits::isServing)
            .map(it -> it.getSpec().getNodeName())
            .collect(toSet());
    if (DesiredDaemonSet.isLocal(service)) {
      serving.retainAll(nodesWithEndpoint(slices));
    }
    List<Node> up =
        serving.stream().map(nodes).flatMap(Optional::stream).filter(NodeTraits::isUp).toList();
    return service.getSpec().getIpFamilies().stream()
        .flatMap(family -> ofFamily(family, up))
        .map(InetAddresses::toAddrString)
        .toList();
  }

  private static Stream<InetAddress> ofFamily(String family, List<Node> nodes) {
    return nodes.stream()
        .flatMap(it -> NodeTraits.addresses(it, family).stream())
        .distinct()
        .sorted(comparing(InetAddress::getAddress, lexicographicalComparator()));
  }

  /** Nodes with a pod that says of itself that it is ready; K3s: saying nothing is not enough. */
  static Set<String> nodesWithEndpoint(Collection<EndpointSlice> slices) {
    return slices.stream()
        .map(EndpointSlice::getEndpoints)
        // Of all lists here this is the one that the API server writes as null if it is empty.
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .filter(it -> it.getTargetRef() != null && "Pod".equals(it.getTargetRef().getKind()))
        .filter(it -> it.getConditions() != null && isTrue(it.getConditions().getReady()))
        .map(it -> it.getNodeName())
        .filter(Objects::nonNull)
        .collect(toSet());
  }

  private static boolean isTrue(Boolean value) {
    return value != null && value;
  }
}
