package dev.plinth;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.member.LeaseTimes;
import dev.plinth.report.AddonReport;
import dev.plinth.report.Scope;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;

/** A process with one of several servers, which ends when it is asked to with SIGTERM. */
final class MemberProcess {

  static final String READY = "every add-on is ready";
  static final String CLOSED = "closed in an orderly manner";

  private MemberProcess() {}

  /**
   * @param arguments a kubeconfig file, the user to be, a node name, a data directory, {@code
   *     short} or {@code default} for the times of Leases, and the name, the number and the content
   *     of ConfigMaps
   */
  public static void main(String[] arguments) throws Exception {
    Config config =
        new ConfigBuilder(Config.fromKubeconfig(new File(arguments[0])))
            .withImpersonateUsername(arguments[1])
            .withImpersonateGroups("system:masters")
            .build();
    LeaseTimes times = arguments[4].equals("short") ? MemberHost.SHORT : LeaseTimes.DEFAULT;
    ManyConfigMaps objects =
        new ManyConfigMaps(arguments[5], Integer.parseInt(arguments[6]), arguments[7]);
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    PlinthServer server =
        Plinth.builder()
            .client(client)
            .addons(AddonCatalog.of(objects.addon()))
            .config(
                ServerConfig.builder()
                    .nodeName(arguments[2])
                    .dataDir(Path.of(arguments[3]))
                    .build())
            .leaseTimes(times)
            .start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  client.close();
                  System.out.println(CLOSED);
                }));
    AddonReport report = server.awaitReady(Duration.ofMinutes(1), Scope.ADDONS_AND_FILES);
    System.out.println(report.ready(Scope.ADDONS_AND_FILES) ? READY : "not ready: " + report);
    Thread.currentThread().join();
  }
}
