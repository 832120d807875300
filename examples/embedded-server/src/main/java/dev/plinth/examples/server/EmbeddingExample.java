package dev.plinth.examples.server;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;

/** The smallest host: what a distribution adds to its own server. */
public final class EmbeddingExample {

  private EmbeddingExample() {}

  /** Keeps the packaged components of the cluster that KUBECONFIG names, and shows how they are. */
  public static void main(String[] args) throws InterruptedException {
    ServerConfig config = ServerConfig.fromArgs(AddonCatalog.discover(), args);
    try (KubernetesClient client = new KubernetesClientBuilder().build();
        PlinthServer plinth = Plinth.builder().client(client).config(config).start()) {
      System.out.println(plinth.awaitReady(Duration.ofMinutes(5)));
    }
  }
}
