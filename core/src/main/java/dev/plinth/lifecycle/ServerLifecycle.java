package dev.plinth.lifecycle;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.addon.Slot;
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
import dev.plinth.diagnosis.Diagnosis;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.report.AddonReport;
import dev.plinth.report.PlinthListener;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The parts of one server, from start to close. Not API: hosts use {@link dev.plinth.PlinthServer}.
 */
public final class ServerLifecycle implements AutoCloseable {

  private static final String FIELD_MANAGER = "plinth";
  private static final int LOOPS_AT_ONCE = 4;
  private static final int REQUESTS_AT_ONCE = 16;
  private static final long IDLE_SECONDS = 5;

  private final Selection selection;
  private final DataDirectoryLock lock;
  private final ThreadPoolExecutor requests;
  private final ReconcileQueue queue;
  private final StatusBoard board;
  private final OwnedObjects owned;
  private final AddonResources addons;
  private final Diagnosis diagnosis;
  private final ServerStart start;
  private boolean closed;

  /**
   * Starts; returns as soon as work is under way.
   *
   * @throws DataDirectoryInUseException if another live server has the data directory
   * @throws RuntimeException if an enabled add-on's manifests cannot be rendered
   */
  public static ServerLifecycle start(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      PlinthListener listener,
      InstantSource clock) {
    Map<String, List<PackagedManifest>> manifests = render(selection, config);
    DataDirectoryLock lock = DataDirectoryLock.acquire(config.dataDir());
    ServerLifecycle server =
        new ServerLifecycle(client, config, selection, manifests, lock, listener, clock);
    server.queue.add(ServerStart.KEY, server.start);
    return server;
  }

  private ServerLifecycle(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      Map<String, List<PackagedManifest>> manifests,
      DataDirectoryLock lock,
      PlinthListener listener,
      InstantSource clock) {
    this.selection = selection;
    this.lock = lock;
    String threads = "plinth-" + config.nodeName();
    this.requests = boundedPool(threads + "-request-%d");
    this.queue = new ReconcileQueue(threads + "-loop", LOOPS_AT_ONCE);
    this.board = new StatusBoard(threads + "-listener", listener, clock);

    ClusterApi api = new ClusterApi(client, FIELD_MANAGER);
    Discovery discovery = new Discovery(api);
    LoopKeys keys = new LoopKeys();
    this.owned =
        new OwnedObjects(
            client,
            FIELD_MANAGER,
            new HealthRules(healthContext(selection)),
            applySetId -> keys.ofApplySet(applySetId).ifPresent(queue::wake));
    this.addons =
        new AddonResources(
            client,
            api,
            FIELD_MANAGER + "/" + PlinthVersion.current(),
            clock,
            name -> keys.ofAddonResource(name).ifPresent(queue::wake));
    this.diagnosis =
        new Diagnosis(
            client, requests, applySetId -> keys.ofApplySet(applySetId).ifPresent(queue::wake));
    Concurrently concurrently = new Concurrently(requests);
    ChangePlanner planner = new ChangePlanner(api, discovery, owned, concurrently);
    AddonEvents events = new AddonEvents(api, config.nodeName(), clock);
    ManifestReconciler reconciler =
        new ManifestReconciler(
            new ManifestParser(),
            discovery,
            owned,
            planner,
            new ApplyEngine(api, planner, owned, concurrently),
            addons,
            events);
    Surroundings surroundings =
        new Surroundings(
            owned,
            addons,
            new CustomResourceDefinitions(client, api),
            reconciler,
            diagnosis,
            events,
            board,
            clock,
            config.nodeName());
    this.start =
        new ServerStart(client, api, config, selection, manifests, queue, keys, surroundings);
  }

  public Selection selection() {
    return selection;
  }

  public AddonReport status() {
    return board.report();
  }

  public AddonReport awaitReady(Duration timeout) throws InterruptedException {
    return board.await(timeout);
  }

  /** Ends everything in reverse order. Calling it again does nothing. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    queue.close();
    start.close();
    diagnosis.close();
    owned.close();
    addons.close();
    requests.shutdownNow();
    board.close();
    lock.close();
  }

  private static Map<String, List<PackagedManifest>> render(
      Selection selection, ServerConfig config) {
    Map<String, List<PackagedManifest>> manifests = new LinkedHashMap<>();
    for (Selected selected : selection.addons()) {
      if (selected.enabled()) {
        manifests.put(selected.addon().name(), selected.addon().manifests(config));
      }
    }
    return manifests;
  }

  /** The load balancer's own classes are among what its add-on provides. */
  private static HealthContext healthContext(Selection selection) {
    return selection
        .inSlot(Slot.LOAD_BALANCER)
        .map(it -> new HealthContext(true, it.provides()))
        .orElseGet(() -> new HealthContext(false));
  }

  private static ThreadPoolExecutor boundedPool(String threadNames) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            REQUESTS_AT_ONCE,
            REQUESTS_AT_ONCE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new ThreadFactoryBuilder().setNameFormat(threadNames).setDaemon(true).build());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
