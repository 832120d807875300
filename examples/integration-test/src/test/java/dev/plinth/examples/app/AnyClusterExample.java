package dev.plinth.examples.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addons.coredns.CoreDnsAddon;
import dev.plinth.addons.servicelb.ServiceLbAddon;
import dev.plinth.testkit.addons.TestNamespace;
import dev.plinth.testkit.addons.WithPlinth;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Run with {@code -Dplinth.testkit.kubeconfig=FILE} it uses that cluster, else one of its own. */
@WithPlinth(addons = {CoreDnsAddon.class, ServiceLbAddon.class})
class AnyClusterExample {

  @Test
  void is_in_reach_from_outside(KubernetesClient client, @TestNamespace String namespace) {
    WebServer web = new WebServer(client, namespace, "web");

    web.deploy("example/web:1", 1, 80);

    assertThat(web.awaitAddresses(1, Duration.ofMinutes(1))).isNotEmpty();
  }
}
