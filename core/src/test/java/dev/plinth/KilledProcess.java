package dev.plinth;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.report.Scope;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;

/** A process that applies the users' files of a data directory, for as long as it lives. */
final class KilledProcess {

  private KilledProcess() {}

  /**
   * @param arguments a kubeconfig file, a data directory and the user to be
   */
  public static void main(String[] arguments) throws Exception {
    // Of whom a kubeconfig file says to act for, fabric8 takes no notice.
    Config config =
        new ConfigBuilder(Config.fromKubeconfig(new File(arguments[0])))
            .withImpersonateUsername(arguments[2])
            .withImpersonateGroups("system:masters")
            .build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
        PlinthServer server =
            Plinth.builder()
                .client(client)
                .addons(AddonCatalog.of())
                .config(
                    ServerConfig.builder()
                        .nodeName("n1")
                        .dataDir(Path.of(arguments[1]))
                        .pruneRemovedManifests(true)
                        .build())
                .start()) {
      server.awaitReady(Duration.ofMinutes(1), Scope.ADDONS_AND_FILES);
      System.out.println("ready");
      System.in.read();
    }
  }
}
