package dev.plinth.addons.servicelb;

import com.google.common.net.InetAddresses;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the load balancer wants to know of a node. */
final class NodeTraits {

  private NodeTraits() {}

  /** Whether the node says anything about serving, {@code true} or not. */
  static boolean isMarked(Node node) {
    return labels(node).containsKey(Names.ENABLE_LB);
  }

  static boolean isOptedIn(Node node) {
    return "true".equals(labels(node).get(Names.ENABLE_LB));
  }

  static boolean isInPool(Node node, String pool) {
    return pool.equals(labels(node).get(Names.POOL))
        || "true".equals(labels(node).get(Names.POOL_PREFIX + pool));
  }

  /** Whether the node is not known to be out of order. */
  static boolean isUp(Node node) {
    return node.getMetadata().getDeletionTimestamp() == null
        && (node.getStatus() == null
            || node.getStatus().getConditions().stream()
                .filter(it -> it.getType().equals("Ready"))
                .allMatch(it -> it.getStatus().equals("True")));
  }

  /** The addresses of a family by which a node is reached: its external ones, else internal. */
  static List<InetAddress> addresses(Node node, String family) {
    List<InetAddress> external = addresses(node, "ExternalIP", family);
    return external.isEmpty() ? addresses(node, "InternalIP", family) : external;
  }

  private static List<InetAddress> addresses(Node node, String type, String family) {
    if (node.getStatus() == null) {
      return List.of();
    }
    return node.getStatus().getAddresses().stream()
        .filter(it -> it.getType().equals(type))
        .map(NodeAddress::getAddress)
        .filter(InetAddresses::isInetAddress)
        .filter(it -> !it.contains("%"))
        .map(InetAddresses::forString)
        .filter(it -> (it instanceof Inet4Address) == family.equals("IPv4"))
        .toList();
  }

  private static Map<String, String> labels(Node node) {
    return Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of());
  }
}
