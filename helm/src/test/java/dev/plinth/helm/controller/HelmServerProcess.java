package dev.plinth.helm.controller;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A server in a process of its own, which is killed: see {@link KilledServerIT}. */
final class HelmServerProcess {

  private HelmServerProcess() {}

  public static void main(String[] arguments) throws Exception {
    try (KubernetesClient client =
            new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(new File(arguments[0])))
                .build();
        PlinthServer server =
            Plinth.builder()
                .client(client)
                .config(
                    ServerConfig.builder()
                        .nodeName("server")
                        .dataDir(Path.of(arguments[1]))
                        .build())
                .addons(AddonCatalog.of(new HelmControllerAddon()))
                .start()) {
      System.out.println(server.selection());
      new CountDownLatch(1).await();
    }
  }

  static Process start(Path kubeconfig, Path data, Path output) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            HelmServerProcess.class.getName(),
            kubeconfig.toString(),
            data.toString())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }
}
