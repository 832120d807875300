package dev.plinth.addons.servicelb;

import java.util.List;

/** Tells who has the host ports of a node. */
@FunctionalInterface
interface HostPortHolders {

  /** The host ports that pods on a node have. */
  List<HostPort> on(String node);

  /**
   * A port of a node and who has it.
   *
   * @param port the port, e.g. {@code 80/TCP}
   * @param holder who has it, e.g. {@code Service default/web} or {@code pod shop/web-0}
   */
  record HostPort(String port, String holder) {}
}
