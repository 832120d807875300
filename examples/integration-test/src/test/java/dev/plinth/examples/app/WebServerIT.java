package dev.plinth.examples.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addons.coredns.CoreDnsAddon;
import dev.plinth.addons.servicelb.ServiceLbAddon;
import dev.plinth.testkit.addons.TestNamespace;
import dev.plinth.testkit.addons.WithPlinth;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The shortest form. Its tests run in parallel on one cluster, each in a namespace of its own. */
@WithPlinth(addons = {CoreDnsAddon.class, ServiceLbAddon.class})
@Execution(ExecutionMode.CONCURRENT)
class WebServerIT {

  @Test
  void is_in_reach_from_outside(KubernetesClient client, @TestNamespace String namespace) {
    WebServer web = new WebServer(client, namespace, "web");

    web.deploy("example/web:1", 1, 80);

    assertThat(web.awaitAddresses(1, Duration.ofMinutes(1))).containsExactly("172.31.0.1");
  }

  @Test
  void can_be_scaled(KubernetesClient client, @TestNamespace String namespace) {
    WebServer web = new WebServer(client, namespace, "web");
    web.deploy("example/web:1", 1, 8080);

    web.deploy("example/web:1", 3, 8080);

    assertThat(web.awaitAddresses(1, Duration.ofMinutes(1))).isNotEmpty();
    assertThat(client.pods().inNamespace(namespace).list().getItems()).hasSize(3);
  }
}
