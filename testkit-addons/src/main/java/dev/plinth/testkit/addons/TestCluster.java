package dev.plinth.testkit.addons;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ConfigurationReader;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster with a Plinth that runs in this JVM. Closed, it ends the Plinth, and the control plane
 * if it was started for it.
 */
final class TestCluster implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TestCluster.class);

  private final Optional<ControlPlane> controlPlane;
  private final KubernetesClient client;
  private final PlinthServer server;
  private final AddonReport report;
  private final Path directory;
  private final Keep keep;
  private volatile boolean failed;

  private TestCluster(
      Optional<ControlPlane> controlPlane,
      KubernetesClient client,
      PlinthServer server,
      AddonReport report,
      Path directory,
      Keep keep) {
    this.controlPlane = controlPlane;
    this.client = client;
    this.server = server;
    this.report = report;
    this.directory = directory;
    this.keep = keep;
  }

  /**
   * Starts one and waits for its add-ons, whether they become ready or not.
   *
   * @param directory for the data of the control plane and of the server
   */
  static TestCluster start(
      ClusterDemand demand,
      Duration patience,
      ControlPlane.Builder builder,
      Path directory,
      Keep keep) {
    if (demand.cluster().isPresent()) {
      KubernetesClient client =
          new KubernetesClientBuilder().withConfig(demand.cluster().get().get()).build();
      try {
        return start(demand, patience, Optional.empty(), client, directory, keep);
      } catch (RuntimeException e) {
        client.close();
        throw e;
      }
    }
    builder.nodes(demand.nodes()).dataDirectory(directory.resolve("control-plane"));
    demand.controlPlane().accept(builder);
    ControlPlane started = builder.start();
    try {
      return start(demand, patience, Optional.of(started), started.client(), directory, keep);
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private static TestCluster start(
      ClusterDemand demand,
      Duration patience,
      Optional<ControlPlane> controlPlane,
      KubernetesClient client,
      Path directory,
      Keep keep) {
    AddonCatalog addons = demand.addons().get();
    PlinthServer server =
        Plinth.builder()
            .client(client)
            .addons(addons)
            .config(
                ConfigurationReader.of(addons)
                    .withDefaultDataDir(directory.resolve("server"))
                    .withHostName(() -> "node-1")
                    .read(demand.args().toArray(String[]::new)))
            .start();
    try {
      AddonReport report = server.awaitReady(patience);
      return new TestCluster(controlPlane, client, server, report, directory, keep);
    } catch (InterruptedException e) {
      server.close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for add-ons", e);
    }
  }

  KubernetesClient client() {
    return client;
  }

  PlinthServer server() {
    return server;
  }

  Optional<ControlPlane> controlPlane() {
    return controlPlane;
  }

  /**
   * How the add-ons stood when they had settled.
   *
   * @throws AssertionError with the report and its causes if one was not ready
   */
  AddonReport requireReady() {
    if (!report.ready()) {
      failed = true;
      throw new AssertionError("not all add-ons are ready:\n" + report);
    }
    return report;
  }

  void testHasFailed() {
    failed = true;
  }

  /** Whether what a test has made is to be kept. */
  boolean keeps(boolean testHasFailed) {
    return keep.keeps(testHasFailed);
  }

  @Override
  public void close() {
    server.close();
    controlPlane.ifPresentOrElse(ControlPlane::close, client::close);
    if (keep.keeps(failed)) {
      LOG.warn("The cluster's directory is kept: {}", directory);
      return;
    }
    try {
      if (Files.exists(directory)) {
        MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + directory, e);
    }
  }
}
