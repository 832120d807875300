package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithControlPlane(nodes = 1)
class HelloAddonIT {

  @TempDir Path data;

  @Test
  void becomes_ready(KubernetesClient client) throws InterruptedException {
    ServerConfig config = ServerConfig.builder().dataDir(data).nodeName("node-1").build();
    try (PlinthServer plinth =
        Plinth.builder()
            .client(client)
            .config(config)
            .addons(AddonCatalog.of(new HelloAddon()))
            .start()) {
      assertThat(plinth.awaitReady(Duration.ofMinutes(1)).ready()).isTrue();
    }
  }
}
