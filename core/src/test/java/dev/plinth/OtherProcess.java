package dev.plinth;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;

/** A process that runs a server until its input ends; its API server never answers. */
final class OtherProcess {

  private OtherProcess() {}

  public static void main(String[] arguments) throws IOException {
    try (KubernetesClient client =
            new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder().withMasterUrl("https://127.0.0.1:1").build())
                .build();
        PlinthServer server =
            Plinth.builder()
                .client(client)
                .addons(AddonCatalog.of())
                .config(
                    ServerConfig.builder().nodeName("other").dataDir(Path.of(arguments[0])).build())
                .start()) {
      System.out.println(server.status().settled() ? "started" : "not settled");
      System.in.read();
    }
  }
}
