package dev.plinth.examples.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.PlinthServer;
import dev.plinth.addons.coredns.CoreDnsAddon;
import dev.plinth.addons.servicelb.ServiceLbAddon;
import dev.plinth.report.AddonReport;
import dev.plinth.testkit.addons.PlinthExtension;
import dev.plinth.testkit.addons.TestNamespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The form of a field, for a cluster of the class's own that is configured. */
class WebServerOnTwoNodesIT {

  @RegisterExtension
  static final PlinthExtension PLINTH =
      PlinthExtension.builder()
          .addons(new CoreDnsAddon(), new ServiceLbAddon())
          .args("--cluster-domain=example.org")
          .nodes(2)
          .build();

  @Test
  void is_in_reach_through_both_nodes(
      KubernetesClient client, PlinthServer plinth, @TestNamespace String namespace)
      throws InterruptedException {
    WebServer web = new WebServer(client, namespace, "web");

    web.deploy("example/web:1", 2, 80);

    assertThat(web.awaitAddresses(2, Duration.ofMinutes(1)))
        .containsExactly("172.31.0.1", "172.31.0.2");
    // The add-ons were ready before the test; a test may also ask how they stand now.
    AddonReport report = plinth.awaitReady(Duration.ofMinutes(1));
    assertThat(report.ready()).as("%s", report).isTrue();
  }
}
