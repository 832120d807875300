package dev.plinth.testkit.addons;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.LiveObjects.LiveObject;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * The program that hosts one server after another, as a user of its own, whose requests can be told
 * from all others.
 */
final class KitHost {

  private static final String USER = "plinth-kit";

  private final ControlPlane controlPlane;
  private final Path dataDir;
  private final List<Addon> others;
  private final Duration patience;
  private final KubernetesClient client;

  /**
   * @param others the add-ons that run besides the one in question
   */
  KitHost(ControlPlane controlPlane, Path dataDir, List<Addon> others, Duration patience) {
    this.controlPlane = controlPlane;
    this.dataDir = dataDir;
    this.others = List.copyOf(others);
    this.patience = patience;
    this.client = controlPlane.clientFor(USER, "system:masters");
  }

  /** With all rights, as somebody else than the server. */
  KubernetesClient admin() {
    return controlPlane.client();
  }

  Path dataDir() {
    return dataDir;
  }

  ServerConfig.Builder config(NetworkSettings network) {
    return network.applyTo(ServerConfig.builder().nodeName("node-1").dataDir(dataDir));
  }

  PlinthServer start(ServerConfig config, Addon... added) {
    List<Addon> all = new ArrayList<>(others);
    all.addAll(List.of(added));
    return Plinth.builder()
        .client(client)
        .config(config)
        .addons(AddonCatalog.of(all.toArray(Addon[]::new)))
        .start();
  }

  /** Starts a server whose add-ons have to become ready, and closes it. */
  void runReady(ServerConfig config, Addon... added) throws InterruptedException {
    try (PlinthServer server = start(config, added)) {
      requireReady(server);
    }
  }

  /** Waits for all add-ons; the report is the message if one is not ready. */
  void requireReady(PlinthServer server) throws InterruptedException {
    AddonReport report = server.awaitReady(patience);
    if (!report.ready()) {
      throw new AssertionError("not ready after at most " + patience + ":\n" + report);
    }
  }

  /** Runs a server on which an add-on is disabled, until that is done. */
  AddonStatus runDisabled(ServerConfig config, Addon disabled) throws InterruptedException {
    try (PlinthServer server = start(config, disabled)) {
      AddonReport report = server.awaitReady(patience);
      AddonStatus status = report.addon(disabled.name()).orElseThrow();
      if (status.state() != AddonState.DISABLED) {
        throw new AssertionError("not disabled after at most " + patience + ":\n" + report);
      }
      return status;
    }
  }

  Mark mark() {
    return controlPlane.mark();
  }

  /** What the server itself has written. */
  List<Request> writesSince(Mark mark) {
    return controlPlane.requestsSince(mark).username(USER).writes().list();
  }

  void createNamespace(String name) {
    admin()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  /** Deletes the objects of a user in a namespace, which has to be possible. */
  void emptyNamespace(String name) {
    Inventory.ofUserIn(name, admin())
        .map(it -> pathOf(it, name))
        .forEach(it -> admin().raw(it, "DELETE", null));
    await("the end of the objects of a user, none of which an add-on may hold any more")
        .untilAsserted(
            () ->
                assertEquals(
                    List.of(),
                    Inventory.ofUserIn(name, admin()).map(it -> pathOf(it, name)).toList()));
  }

  private static String pathOf(LiveObject object, String namespace) {
    return object
        .path()
        .replaceFirst(
            "/([^/]+)$",
            "/namespaces/%s/$1/%s"
                .formatted(namespace, object.content().path("metadata").path("name").asText()));
  }

  /** Waits as long as an add-on may take. */
  ConditionFactory await(String what) {
    return Awaitility.await(what).atMost(patience).pollInterval(Duration.ofMillis(100));
  }
}
