package dev.plinth.addons.servicelb;

import dev.plinth.config.Option;
import dev.plinth.config.ServerConfig;
import java.util.regex.Pattern;

/**
 * What a server's configuration says of the load balancer.
 *
 * @param namespace where the DaemonSets are
 * @param image what their containers run
 */
record ServiceLbSettings(String namespace, String image) {

  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  private static final String IMAGE = "rancher/klipper-lb:v0.4.17";

  /** K3s's flag; two servers with different values would move the DaemonSets to and fro. */
  static final Option<String> NAMESPACE =
      Option.of(
              "servicelb-namespace",
              ServiceLbSettings::namespaceName,
              "kube-system",
              "Namespace of the pods that serve LoadBalancer Services")
          .withConfigKey("namespace")
          .agreedBetweenServers();

  static ServiceLbSettings of(ServerConfig config) {
    return new ServiceLbSettings(config.option(NAMESPACE).orElseThrow(), image(config));
  }

  static String image(ServerConfig config) {
    return config.systemDefaultRegistry().map(it -> it + "/").orElse("") + IMAGE;
  }

  private static String namespaceName(String text) {
    if (!DNS_LABEL.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "the name of a namespace: at most 63 lower-case letters, digits and '-'");
    }
    return text;
  }
}
