package dev.plinth.helm.controller;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.model.HelmChartStatus;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.helm.release.ReleaseStorage;
import dev.plinth.helm.release.StorageDriver;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A server with the Helm controller and nothing else, and what its user does and sees. */
final class HelmHost implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration OFTEN = Duration.ofMillis(20);

  private final KubernetesClient client;
  private final KubernetesClient admin;
  private final Path data;
  private final UnaryOperator<ServerConfig.Builder> settings;
  private PlinthServer server;

  private HelmHost(
      KubernetesClient client,
      KubernetesClient admin,
      Path data,
      UnaryOperator<ServerConfig.Builder> settings) {
    this.client = client;
    this.admin = admin;
    this.data = data;
    this.settings = settings;
  }

  /** A host that has not started. */
  static HelmHost of(KubernetesClient client, Path data) {
    return new HelmHost(client, client, data, it -> it);
  }

  /** The same, as another user than whose client looks on. */
  HelmHost as(KubernetesClient other) {
    return new HelmHost(other, admin, data, settings);
  }

  HelmHost with(UnaryOperator<ServerConfig.Builder> more) {
    return new HelmHost(client, admin, data, more);
  }

  HelmHost start() {
    server =
        Plinth.builder()
            .client(client)
            .config(settings.apply(ServerConfig.builder().nodeName("server").dataDir(data)).build())
            .addons(AddonCatalog.of(new HelmControllerAddon()))
            .start();
    return this;
  }

  /** Waits until it does its work. */
  HelmHost awaitStarted() throws InterruptedException {
    assertThat(server.awaitReady(PATIENCE).addons())
        .allMatch(it -> it.state() == AddonState.READY, "ready");
    return this;
  }

  PlinthServer server() {
    return server;
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  Path staticCharts() {
    return data.resolve("server/static/charts");
  }

  static String namespace(KubernetesClient client) {
    String name = "helm-" + UUID.randomUUID().toString().substring(0, 8);
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    return name;
  }

  HelmChart create(HelmChart chart) {
    return admin.resource(chart).create();
  }

  HelmChartConfig create(HelmChartConfig config) {
    return admin.resource(config).create();
  }

  HelmChart edit(HelmChart chart, UnaryOperator<HelmChart> change) {
    return edit(resource(chart), change);
  }

  HelmChartConfig edit(HelmChartConfig config, UnaryOperator<HelmChartConfig> change) {
    return edit(
        admin
            .resources(HelmChartConfig.class)
            .inNamespace(config.getMetadata().getNamespace())
            .withName(config.getMetadata().getName()),
        change);
  }

  /** As people do, again if somebody else was faster. */
  private static <T> T edit(Resource<T> resource, UnaryOperator<T> change) {
    while (true) {
      try {
        return resource.edit(change);
      } catch (KubernetesClientException e) {
        if (e.getCode() != HTTP_CONFLICT) {
          throw e;
        }
      }
    }
  }

  void delete(HelmChart chart) {
    resource(chart).delete();
  }

  HelmChart live(HelmChart chart) {
    return resource(chart).get();
  }

  private Resource<HelmChart> resource(HelmChart chart) {
    return admin
        .resources(HelmChart.class)
        .inNamespace(chart.getMetadata().getNamespace())
        .withName(chart.getMetadata().getName());
  }

  HelmChart awaitStatus(HelmChart chart, Consumer<HelmChartStatus> requirement) {
    await("status of " + chart.reference())
        .atMost(PATIENCE)
        .pollInterval(OFTEN)
        .untilAsserted(
            () -> {
              HelmChart live = live(chart);
              assertThat(live).as("the chart").isNotNull();
              assertThat(live.getStatus()).as("status").isNotNull();
              assertThat(live.getStatus().observedGeneration())
                  .isEqualTo(live.getMetadata().getGeneration());
              requirement.accept(live.getStatus());
            });
    return live(chart);
  }

  /** Waits until a revision is in force and all is well. */
  HelmChart awaitReady(HelmChart chart, long revision) {
    return awaitStatus(
        chart,
        status -> {
          assertThat(status.revision()).as(String.valueOf(status)).isEqualTo(revision);
          assertThat(condition(status, Verdict.READY).status())
              .as(String.valueOf(status))
              .isEqualTo("True");
        });
  }

  Verdict awaitCondition(HelmChart chart, String type, String status, String reason) {
    HelmChart live =
        awaitStatus(
            chart,
            it -> {
              assertThat(condition(it, type).status()).as(String.valueOf(it)).isEqualTo(status);
              assertThat(condition(it, type).reason()).as(String.valueOf(it)).isEqualTo(reason);
            });
    return condition(live.getStatus(), type);
  }

  static Verdict condition(HelmChartStatus status, String type) {
    Optional<Verdict> verdict = Verdict.of(status, type);
    assertThat(verdict).as(type + " of " + status).isPresent();
    return verdict.get();
  }

  void awaitGone(HelmChart chart) {
    await("end of " + chart.reference())
        .atMost(PATIENCE)
        .pollInterval(OFTEN)
        .untilAsserted(() -> assertThat(live(chart)).isNull());
  }

  List<Event> events(HelmChart chart, String reason) {
    return admin
        .v1()
        .events()
        .inNamespace(chart.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(it -> chart.getMetadata().getUid().equals(it.getInvolvedObject().getUid()))
        .filter(it -> reason.equals(it.getReason()))
        .toList();
  }

  ReleaseStorage storage() {
    return storage(StorageDriver.SECRET);
  }

  ReleaseStorage storage(StorageDriver driver) {
    return new ReleaseStorage(admin, driver, InstantSource.system());
  }

  List<Release> history(HelmChart chart) {
    return storage().history(release(chart));
  }

  static ReleaseName release(HelmChart chart) {
    return new ReleaseName(chart.releaseNamespace(), chart.getMetadata().getName());
  }
}
