package dev.plinth.addons.coredns;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeStatus;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What of a node belongs in NodeHosts. Two states of a node with equal addresses need no work.
 *
 * @param node the node's name
 * @param names the names to map, the node's own first; without those that must not be mapped
 * @param addresses at most one of each family, IPv4 first; none while the node has none or is being
 *     deleted
 */
record NodeAddresses(String node, List<String> names, List<InetAddress> addresses) {

  private static final Pattern HOST_NAME =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?");

  /** Every pod has its own; a node that takes these names would break programs that rely on it. */
  private static final Pattern LOCALHOST =
      Pattern.compile("(?:ip6-)?localhost[46]?(?:\\..*)?|.*\\.localhost", Pattern.CASE_INSENSITIVE);

  NodeAddresses {
    requireNonNull(node, "node");
    names = List.copyOf(names);
    addresses = List.copyOf(addresses);
  }

  /**
   * Reads a node as K3s does: the last InternalIP of each family, and the last Hostname besides the
   * node's name. External addresses and DNS names are not used.
   */
  static NodeAddresses of(Node node) {
    String name = node.getMetadata().getName();
    if (node.isMarkedForDeletion()) {
      return new NodeAddresses(name, List.of(), List.of());
    }
    return new NodeAddresses(name, names(node), addresses(node));
  }

  private static List<String> names(Node node) {
    String name = node.getMetadata().getName();
    Stream<String> hostname =
        last(reported(node, "Hostname").filter(it -> HOST_NAME.matcher(it).matches()))
            .filter(it -> !it.equalsIgnoreCase(name))
            .stream();
    return Stream.concat(Stream.of(name), hostname)
        .filter(it -> !LOCALHOST.matcher(it).matches())
        .toList();
  }

  private static List<InetAddress> addresses(Node node) {
    List<InetAddress> usable = new ArrayList<>();
    reported(node, "InternalIP")
        .flatMap(it -> HostLine.address(it).stream())
        .filter(it -> !it.isLoopbackAddress() && !it.isAnyLocalAddress())
        .forEach(usable::add);
    return Stream.<Predicate<InetAddress>>of(
            Inet4Address.class::isInstance, Inet6Address.class::isInstance)
        .flatMap(family -> last(usable.stream().filter(family)).stream())
        .toList();
  }

  private static Stream<String> reported(Node node, String type) {
    return Optional.ofNullable(node.getStatus()).map(NodeStatus::getAddresses).stream()
        .flatMap(List::stream)
        .filter(it -> type.equals(it.getType()))
        .map(NodeAddress::getAddress);
  }

  private static <T> Optional<T> last(Stream<T> items) {
    return items.reduce((first, second) -> second);
  }
}
