package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.plan.Plan;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * The program that hosts one server after another in a test: with one data directory, and as a user
 * of its own, whose requests can be told from all others.
 */
final class TestHost {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ControlPlane controlPlane;
  private final Path dataDir;
  private final String user;
  private final KubernetesClient client;

  private TestHost(ControlPlane controlPlane, Path dataDir, String user, KubernetesClient client) {
    this.controlPlane = controlPlane;
    this.dataDir = dataDir;
    this.user = user;
    this.client = client;
  }

  /** A host with all rights. */
  static TestHost of(ControlPlane controlPlane, Path dataDir) {
    String user = "host-" + UUID.randomUUID();
    return new TestHost(
        controlPlane, dataDir, user, controlPlane.clientFor(user, "system:masters"));
  }

  /** A host with those rights only that somebody grants to the user. */
  static TestHost limited(ControlPlane controlPlane, Path dataDir, String user) {
    return new TestHost(controlPlane, dataDir, user, controlPlane.clientFor(user));
  }

  KubernetesClient client() {
    return client;
  }

  Path manifests() {
    return dataDir.resolve("server/manifests");
  }

  ServerConfig.Builder config() {
    return ServerConfig.builder().nodeName("n1").dataDir(dataDir);
  }

  Plinth.Builder server(Addon... addons) {
    return server(config().build(), addons);
  }

  Plinth.Builder server(ServerConfig config, Addon... addons) {
    return Plinth.builder().client(client).config(config).addons(AddonCatalog.of(addons));
  }

  PlinthServer start(Addon... addons) {
    return server(addons).start();
  }

  /** Starts a server, waits until all add-ons have settled, and closes it. */
  AddonReport run(Addon... addons) throws InterruptedException {
    return run(config().build(), addons);
  }

  /** Starts a server, waits until all add-ons have settled, and closes it. */
  AddonReport run(ServerConfig config, Addon... addons) throws InterruptedException {
    try (PlinthServer server = server(config, addons).start()) {
      return server.awaitReady(PATIENCE);
    }
  }

  /** Runs a server, all of whose add-ons must become ready. */
  AddonReport runReady(Addon... addons) throws InterruptedException {
    AddonReport report = run(addons);
    assertThat(report.addons())
        .as(report.toString())
        .extracting(AddonStatus::state)
        .containsOnly(AddonState.READY);
    return report;
  }

  /** What a start would do. */
  Plan plan(Addon... addons) throws InterruptedException {
    return server(addons).plan();
  }

  /** Everything but Leases that this host's servers have asked for since. */
  Requests requestsSince(Mark mark) {
    return controlPlane.requestsSince(mark).username(user).withoutLeases();
  }

  /** Everything but Leases that this host's servers have asked for. */
  Requests requests() {
    return controlPlane.requests().username(user).withoutLeases();
  }

  /** The Addon of that name; null if there is none. */
  GenericKubernetesResource addon(String name) {
    return controlPlane
        .client()
        .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
        .inNamespace("kube-system")
        .withName(name)
        .get();
  }

  /** The reasons of the events about an Addon, in no particular order. */
  List<String> eventReasons(String addon) {
    return events(addon).stream().map(Event::getReason).toList();
  }

  /** The events about an Addon. */
  List<Event> events(String addon) {
    return controlPlane
        .client()
        .v1()
        .events()
        .inNamespace("kube-system")
        .withField("involvedObject.name", addon)
        .list()
        .getItems();
  }
}
