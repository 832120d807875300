package dev.plinth.controlplane;

/**
 * Where the API server finds the kubelet of every simulated node, which is KWOK, and asks it for
 * logs.
 *
 * <p>An address of the loopback network that no other control plane has, as the API server's port
 * is part of it: so the port can be a kubelet's usual one, and need not be searched for.
 */
record KubeletAddress(String host) {

  /** The type of node address that says it; simulated nodes have no other of this type. */
  static final String TYPE = "InternalDNS";

  private static final int PORT = 10250;

  /** The kubelet that belongs to the API server with this port. */
  static KubeletAddress besideApiServer(int port) {
    return new KubeletAddress("127.240.%d.%d".formatted(port >> Byte.SIZE, port & 0xff));
  }

  /** Host and port, to listen to. */
  String authority() {
    return host + ":" + PORT;
  }
}
