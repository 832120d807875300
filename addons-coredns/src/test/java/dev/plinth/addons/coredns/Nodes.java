package dev.plinth.addons.coredns;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddressBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;

/** Nodes as tests need them. */
final class Nodes {

  private Nodes() {}

  /** A node with these addresses, each written {@code type=address}. */
  static Node node(String name, String... addresses) {
    NodeBuilder node = new NodeBuilder().withNewMetadata().withName(name).endMetadata();
    for (String address : addresses) {
      String[] parts = address.split("=", 2);
      node.editOrNewStatus()
          .addToAddresses(new NodeAddressBuilder().withType(parts[0]).withAddress(parts[1]).build())
          .endStatus();
    }
    return node.build();
  }

  /** What belongs in NodeHosts of a node with these internal addresses. */
  static NodeAddresses withIps(String name, String... internalIps) {
    String[] addresses = new String[internalIps.length];
    for (int i = 0; i < internalIps.length; i++) {
      addresses[i] = "InternalIP=" + internalIps[i];
    }
    return NodeAddresses.of(node(name, addresses));
  }
}
