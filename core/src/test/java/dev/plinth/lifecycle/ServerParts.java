package dev.plinth.lifecycle;

import dev.plinth.FakeApiServer;
import dev.plinth.FakeClock;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.Selection;
import dev.plinth.config.ServerConfig;
import dev.plinth.diagnosis.Diagnosis;
import dev.plinth.report.PlinthListener;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What the loops of one server share, before a fake API server with an Addon named web. */
final class ServerParts implements AutoCloseable {

  static final String ADDONS = "/apis/k3s.cattle.io/v1/namespaces/kube-system/addons";
  static final String ADDON = ADDONS + "/web";

  /** Loops are given a configuration, and touch no file on its account. */
  private static final Path NO_FILES = Path.of("none");

  final FakeApiServer server = new FakeApiServer();
  final FakeClock clock = new FakeClock();
  final StatusBoard board = new StatusBoard("test-listener", new PlinthListener() {}, clock);
  final Surroundings surroundings;

  private final KubernetesClient client = server.client();
  private final ServerConfig config =
      ServerConfig.builder().nodeName("n1").dataDir(NO_FILES).build();
  private final Engine engine;

  ServerParts() {
    engine =
        new Engine(
            client, config, Selection.of(AddonCatalog.of(), config), clock, set -> {}, addon -> {});
    surroundings =
        new Surroundings(
            engine,
            new Diagnosis(client, engine.requests(), set -> {}),
            board,
            clock,
            config.nodeName());
    server.on("POST", "/api/v1/namespaces/kube-system/events", 201, "{}").accepts(ADDON, "{}");
  }

  /** Lists the Addons that there are. */
  void start(String... items) throws Exception {
    server.collection(
        ADDONS,
        "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s]}"
            .formatted(String.join(",", items)));
    surroundings.addons().start().get(30, TimeUnit.SECONDS);
  }

  AddonContext context(String addon) {
    return new AddonContext(config, client, "plinth-" + addon);
  }

  @Override
  public void close() {
    surroundings.diagnosis().close();
    engine.close();
    client.close();
    server.close();
    board.close();
  }
}
