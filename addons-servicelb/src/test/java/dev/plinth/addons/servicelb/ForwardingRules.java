package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the image's program makes of a container's environment, as rules of nftables: who is in a
 * source range may pass, all others may not, and what passes goes to the destinations.
 */
final class ForwardingRules {

  private final Map<String, String> environment;
  private final StringBuilder rules = new StringBuilder();

  /**
   * @param hostIps the value of the field {@code status.hostIPs} of the pod
   */
  ForwardingRules(Container container, String hostIps) {
    environment =
        container.getEnv().stream()
            .collect(
                Collectors.toMap(
                    EnvVar::getName, it -> it.getValue() == null ? hostIps : it.getValue()));
    table("ip", false);
    table("ip6", true);
  }

  @Override
  public String toString() {
    return rules.toString();
  }

  private void table(String family, boolean ipv6) {
    String protocol = environment.get("DEST_PROTO").toLowerCase(Locale.ROOT);
    String port = environment.get("DEST_PORT");
    String name = "%s_%s".formatted(protocol, environment.get("SRC_PORT"));
    List<String> destinations = of("DEST_IPS", ipv6);
    line("table %s %s {", family, name);
    line("chain forward { type filter hook forward priority 0;");
    for (String range : of("SRC_RANGES", ipv6)) {
      line("%s saddr %s %s dport %s accept", family, range, protocol, port);
    }
    for (String destination : destinations) {
      line("%s daddr %s %s dport %s drop", family, destination, protocol, port);
    }
    line("}");
    line("chain prerouting { type nat hook prerouting priority -100;");
    for (String destination : destinations) {
      line(
          "%s dport %s dnat to %s",
          protocol,
          environment.get("SRC_PORT"),
          (ipv6 ? "[%s]:%s" : "%s:%s").formatted(destination, port));
    }
    line("}");
    line("chain postrouting { type nat hook postrouting priority 100;");
    for (String destination : destinations) {
      line("%s daddr %s meta l4proto %s masquerade", family, destination, protocol);
    }
    line("}");
    line("}");
  }

  private List<String> of(String variable, boolean ipv6) {
    return List.of(environment.get(variable).split(",")).stream()
        .filter(it -> it.contains(":") == ipv6)
        .toList();
  }

  private void line(String format, Object... arguments) {
    rules.append(format.formatted(arguments)).append('\n');
  }
}
