package dev.plinth.addon;

import java.util.Set;

/**
 * The names that K3s itself takes for {@code --disable}: its packaged components, documented or
 * not. A server that lacks one of them has nothing to disable, which is no typing error. This is
 * the one place where core names components.
 */
final class K3sComponents {

  static final Set<String> NAMES =
      Set.of(
          "ccm",
          "coredns",
          "local-storage",
          "metrics-server",
          "rolebindings",
          "runtimes",
          "servicelb",
          "traefik");

  private K3sComponents() {}
}
