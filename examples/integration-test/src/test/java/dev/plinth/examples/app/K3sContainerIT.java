package dev.plinth.examples.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addons.coredns.CoreDnsAddon;
import dev.plinth.addons.servicelb.ServiceLbAddon;
import dev.plinth.testkit.addons.PlinthExtension;
import dev.plinth.testkit.addons.TestNamespace;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** On a K3s in a container, whose own add-ons are disabled: pods run there. Where Docker is. */
@EnabledIf(value = "isDockerThere", disabledReason = "there is no Docker")
class K3sContainerIT {

  private static final String IMAGE = "rancher/k3s:v1.34.1-k3s1";

  @RegisterExtension
  static final PlinthExtension PLINTH =
      PlinthExtension.builder()
          .addons(new CoreDnsAddon(), new ServiceLbAddon())
          .cluster(() -> Config.fromKubeconfig(startK3s()))
          .patience(Duration.ofMinutes(5))
          .build();

  @Test
  void is_in_reach_from_outside(KubernetesClient client, @TestNamespace String namespace) {
    WebServer web = new WebServer(client, namespace, "web");

    web.deploy("nginx:1.29-alpine", 1, 8088);

    assertThat(web.awaitAddresses(1, Duration.ofMinutes(5))).hasSize(1);
  }

  static boolean isDockerThere() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  /** Testcontainers ends it with this JVM. */
  private static String startK3s() {
    K3sContainer k3s =
        new K3sContainer(DockerImageName.parse(IMAGE))
            .withCommand(
                "server",
                "--tls-san=localhost",
                "--disable=coredns,servicelb,traefik,local-storage,metrics-server");
    k3s.start();
    return k3s.getKubeConfigYaml();
  }
}
