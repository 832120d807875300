package dev.plinth.benchmarks;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addons.coredns.CoreDnsAddon;
import dev.plinth.addons.servicelb.ServiceLbAddon;
import dev.plinth.config.ServerConfig;
import dev.plinth.helm.controller.HelmControllerAddon;
import dev.plinth.report.AddonReport;
import dev.plinth.report.Scope;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** A program that has Plinth in it, with a client of its own. */
final class Host implements AutoCloseable {

  /** What its requests are known by. */
  static final String USER_AGENT = "plinth-benchmark";

  private static final String NODE = "benchmark";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final KubernetesClient client;
  private final PlinthServer plinth;
  private final Instant clientMade;

  private Host(KubernetesClient client, PlinthServer plinth, Instant clientMade) {
    this.client = client;
    this.plinth = plinth;
    this.clientMade = clientMade;
  }

  /** Starts a host with CoreDNS. */
  static Host withCoreDns(Config config, Path dataDirectory) {
    return with(new CoreDnsAddon(), config, dataDirectory, new Interceptor() {});
  }

  /** Starts a second host with CoreDNS, beside one with it. */
  static Host secondWithCoreDns(Config config, Path dataDirectory) {
    return start(
        NODE + "-2",
        config,
        dataDirectory,
        new Interceptor() {},
        AddonCatalog.of(new CoreDnsAddon()));
  }

  /** Starts a host with ServiceLB. */
  static Host withServiceLb(Config config, Path dataDirectory) {
    return with(new ServiceLbAddon(), config, dataDirectory, new Interceptor() {});
  }

  /** Starts a host with the controller of HelmCharts. */
  static Host withHelm(Config config, Path dataDirectory) {
    return with(new HelmControllerAddon(), config, dataDirectory, new Interceptor() {});
  }

  /**
   * Starts a host with one add-on.
   *
   * @param interceptor sees all requests
   */
  static Host with(Addon addon, Config config, Path dataDirectory, Interceptor interceptor) {
    return start(NODE, config, dataDirectory, interceptor, AddonCatalog.of(addon));
  }

  /** Starts a host without add-ons, for the files in the manifests directory. */
  static Host withFiles(Config config, Path dataDirectory) {
    return withFiles(config, dataDirectory, new Interceptor() {});
  }

  /**
   * Starts a host without add-ons.
   *
   * @param interceptor sees all requests
   */
  static Host withFiles(Config config, Path dataDirectory, Interceptor interceptor) {
    return start(NODE, config, dataDirectory, interceptor, AddonCatalog.of());
  }

  private static Host start(
      String node,
      Config config,
      Path dataDirectory,
      Interceptor interceptor,
      AddonCatalog addons) {
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(config).withUserAgent(USER_AGENT).build())
            .withHttpClientBuilderConsumer(
                it -> it.addOrReplaceInterceptor("benchmark", interceptor))
            .build();
    Instant clientMade = Instant.now();
    PlinthServer plinth =
        Plinth.builder()
            .client(client)
            .config(ServerConfig.builder().nodeName(node).dataDir(dataDirectory).build())
            .addons(addons)
            .start();
    return new Host(client, plinth, clientMade);
  }

  /** When all that is not Plinth's was ready. */
  Instant clientMade() {
    return clientMade;
  }

  /** Waits until everything is READY. */
  AddonReport awaitReady() throws InterruptedException {
    AddonReport report = plinth.awaitReady(PATIENCE);
    BenchmarkFailedException.unless(report.ready(), "not ready:%n%s", report);
    return report;
  }

  /** Waits until every file is READY too. */
  AddonReport awaitFilesToo() throws InterruptedException {
    AddonReport report = plinth.awaitReady(PATIENCE, Scope.ADDONS_AND_FILES);
    BenchmarkFailedException.unless(report.ready(Scope.ADDONS_AND_FILES), "not ready:%n%s", report);
    return report;
  }

  @Override
  public void close() {
    plinth.close();
    client.close();
  }
}
