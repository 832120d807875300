package dev.plinth.controlplane;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Ranges of addresses of services, and of pods to go with them. */
final class Cidrs {
  private static final String IPV4_PODS = "10.42.0.0/16";
  private static final String IPV6_PODS = "fd42::/48";
  // 1,024 nodes fit into the IPv4 range.
  private static final int IPV4_MASK_OF_NODE = 26;
  private static final int IPV6_MASK_OF_NODE = 64;

  private Cidrs() {}

  /**
   * Checks ranges of service addresses: one, or one of each family.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static List<String> requireServiceCidrs(List<String> cidrs) {
    cidrs.forEach(Cidrs::requireCidr);
    boolean oneOfEach = cidrs.size() == 2 && isIpv6(cidrs.get(0)) != isIpv6(cidrs.get(1));
    if (cidrs.size() != 1 && !oneOfEach) {
      throw new IllegalArgumentException(
          "There is one service CIDR, or one of each address family, not " + cidrs);
    }
    return List.copyOf(cidrs);
  }

  private static void requireCidr(String cidr) {
    String[] parts = cidr.split("/", -1);
    // A literal only: getByName must not ask a name server.
    boolean literal =
        parts.length == 2 && parts[0].matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    try {
      if (literal && parts[1].matches("\\d{1,3}")) {
        int bits = InetAddress.getByName(parts[0]).getAddress().length * Byte.SIZE;
        if (Integer.parseInt(parts[1]) <= bits) {
          return;
        }
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("Not a CIDR: " + cidr, e);
    }
    throw new IllegalArgumentException("Not a CIDR: " + cidr);
  }

  static boolean isIpv6(String cidr) {
    return cidr.contains(":");
  }

  /** A range of pod addresses for each range of service addresses. */
  static List<String> podCidrs(List<String> serviceCidrs) {
    return serviceCidrs.stream().map(cidr -> isIpv6(cidr) ? IPV6_PODS : IPV4_PODS).toList();
  }

  /** Flags of the controller manager that divide the ranges of pod addresses among nodes. */
  static List<String> nodeMaskFlags(List<String> serviceCidrs) {
    if (serviceCidrs.size() == 2) {
      return List.of(
          "--node-cidr-mask-size-ipv4=" + IPV4_MASK_OF_NODE,
          "--node-cidr-mask-size-ipv6=" + IPV6_MASK_OF_NODE);
    }
    int mask = isIpv6(serviceCidrs.get(0)) ? IPV6_MASK_OF_NODE : IPV4_MASK_OF_NODE;
    return List.of("--node-cidr-mask-size=" + mask);
  }
}
