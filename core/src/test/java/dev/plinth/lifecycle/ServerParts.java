package dev.plinth.lifecycle;

import dev.plinth.FakeApiServer;
import dev.plinth.FakeClock;
import dev.plinth.addon.AddonContext;
import dev.plinth.apply.ApplyEngine;
import dev.plinth.apply.ChangePlanner;
import dev.plinth.apply.Concurrently;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.AddonEvents;
import dev.plinth.deploy.AddonResources;
import dev.plinth.deploy.CustomResourceDefinitions;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.report.PlinthListener;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
  private final ExecutorService executor = Executors.newFixedThreadPool(2);

  ServerParts() {
    ClusterApi api = new ClusterApi(client, "plinth");
    Discovery discovery = new Discovery(api);
    Concurrently concurrently = new Concurrently(executor);
    OwnedObjects owned =
        new OwnedObjects(client, "plinth", new HealthRules(new HealthContext(false)), it -> {});
    ChangePlanner planner = new ChangePlanner(api, discovery, owned, concurrently);
    AddonResources addons = new AddonResources(client, api, "plinth/test", clock, it -> {});
    AddonEvents events = new AddonEvents(api, "n1", clock);
    surroundings =
        new Surroundings(
            owned,
            addons,
            new CustomResourceDefinitions(client, api),
            new ManifestReconciler(
                new ManifestParser(),
                discovery,
                owned,
                planner,
                new ApplyEngine(api, planner, owned, concurrently),
                addons,
                events),
            events,
            board,
            clock,
            "n1");
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
    return new AddonContext(
        ServerConfig.builder().nodeName("n1").dataDir(NO_FILES).build(), client, "plinth-" + addon);
  }

  @Override
  public void close() {
    surroundings.owned().close();
    surroundings.addons().close();
    executor.shutdownNow();
    board.close();
    client.close();
    server.close();
  }
}
