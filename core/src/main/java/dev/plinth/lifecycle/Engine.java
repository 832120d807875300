package dev.plinth.lifecycle;

import com.google.common.base.Ticker;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Slot;
import dev.plinth.apply.ApplyEngine;
import dev.plinth.apply.ChangePlanner;
import dev.plinth.apply.Concurrently;
import dev.plinth.apply.ObjectClaims;
import dev.plinth.cluster.Arrivals;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.AddonDrift;
import dev.plinth.deploy.AddonEvents;
import dev.plinth.deploy.AddonOverlays;
import dev.plinth.deploy.AddonResources;
import dev.plinth.deploy.CustomResourceDefinitions;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.overlay.OverlayMaps;
import dev.plinth.overlay.OverlaysOnDisk;
import dev.plinth.takeover.K3sPresence;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** What works on the cluster, put together once for a server or for a plan. */
final class Engine implements AutoCloseable {

  static final String FIELD_MANAGER = "plinth";

  private static final int REQUESTS_AT_ONCE = 16;
  private static final long IDLE_SECONDS = 5;
  private static final Duration LIST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration TERMINATION = Duration.ofSeconds(1);

  private final ServerConfig config;
  private final InstantSource clock;
  private final ThreadPoolExecutor requests;
  private final ClusterApi api;
  private final OwnedObjects owned;
  private final Discovery discovery;
  private final Arrivals arrivals;
  private final ObjectClaims claims;
  private final AddonResources addons;
  private final OverlayMaps overlayMaps;
  private final OverlaysOnDisk overlaysOnDisk = new OverlaysOnDisk();
  private final Deployer deployer;
  private final K3sPresence k3s;
  private volatile HealthContext health;

  /**
   * @param client stays open
   * @param config the server's configuration
   * @param selection which add-ons run, so far
   * @param version what it writes into ApplySets as its version
   * @param clock the time
   * @param setChanged is told the id of an ApplySet of which a member changed
   * @param addonChanged is told the name of an Addon that changed
   * @param overlaysChanged is told the name of an add-on of which overlays changed
   */
  Engine(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      String version,
      InstantSource clock,
      Consumer<String> setChanged,
      Consumer<String> addonChanged,
      Consumer<String> overlaysChanged) {
    this.config = config;
    this.clock = clock;
    requests = boundedPool("plinth-" + config.nodeName() + "-request-%d");
    api = new ClusterApi(client, FIELD_MANAGER);
    discovery = new Discovery(api);
    health = healthContext(selection);
    owned = new OwnedObjects(client, FIELD_MANAGER, new HealthRules(() -> health), setChanged);
    arrivals = new Arrivals(api, discovery, requests, setChanged);
    claims = new ObjectClaims(setChanged);
    addons =
        new AddonResources(
            client, api, config.nodeName(), FIELD_MANAGER + "/" + version, clock, addonChanged);
    overlayMaps = new OverlayMaps(client, overlaysChanged);
    deployer = deployer(client, api, addons);
    k3s =
        new K3sPresence(
            api, Ticker.systemTicker(), "plinth-" + config.nodeName() + "-k3s", addonChanged);
  }

  /** With the version that this is, for whoever does not ask for changes of overlays. */
  Engine(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      InstantSource clock,
      Consumer<String> setChanged,
      Consumer<String> addonChanged) {
    this(
        client,
        config,
        selection,
        PlinthVersion.current(),
        clock,
        setChanged,
        addonChanged,
        addon -> {});
  }

  /**
   * What writes by another client, and sees the cluster as this does.
   *
   * @param client stays open
   */
  Deployer deployer(KubernetesClient client) {
    ClusterApi other = new ClusterApi(client, FIELD_MANAGER);
    return deployer(client, other, addons.writtenBy(other));
  }

  private Deployer deployer(KubernetesClient client, ClusterApi api, AddonResources addons) {
    AddonEvents events = new AddonEvents(api, config.nodeName(), clock);
    AddonDrift drift = new AddonDrift(config.drift(), clock, addons, events);
    Concurrently concurrently = new Concurrently(requests);
    ChangePlanner planner = new ChangePlanner(api, discovery, owned, claims, concurrently);
    return new Deployer(
        api,
        addons,
        events,
        drift,
        new AddonOverlays(addons, events, overlaysOnDisk),
        new CustomResourceDefinitions(client, api),
        new ManifestReconciler(
            new ManifestParser(),
            discovery,
            owned,
            claims,
            planner,
            new ApplyEngine(api, planner, owned, concurrently),
            addons,
            events,
            drift,
            requests));
  }

  ClusterApi api() {
    return api;
  }

  /** Bounded; its threads end when they are idle. */
  ExecutorService requests() {
    return requests;
  }

  Discovery discovery() {
    return discovery;
  }

  OwnedObjects owned() {
    return owned;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  /** Whether a K3s is alive in the cluster. */
  K3sPresence k3s() {
    return k3s;
  }

  ObjectClaims claims() {
    return claims;
  }

  AddonResources addons() {
    return addons;
  }

  /** The overlays in the cluster. */
  OverlayMaps overlayMaps() {
    return overlayMaps;
  }

  /** What is wrong with overlays before they get there. */
  OverlaysOnDisk overlaysOnDisk() {
    return overlaysOnDisk;
  }

  CustomResourceDefinitions definitions() {
    return deployer.definitions();
  }

  ManifestReconciler manifests() {
    return deployer.manifests();
  }

  /** What writes by the client that this has. */
  Deployer deployer() {
    return deployer;
  }

  /** Has the health of objects told for these add-ons from now on. */
  void expect(Selection selection) {
    health = healthContext(selection);
  }

  /**
   * Watches the Addons from now on, and returns when those that there are are known.
   *
   * @throws KubernetesClientException if they cannot be listed; the next call tries again
   */
  void watchAddons() throws InterruptedException {
    await("Addons", addons.start());
  }

  /**
   * Watches the overlays from now on, and returns when those that there are are known.
   *
   * @throws KubernetesClientException if they cannot be listed; the next call tries again
   */
  void watchOverlays() throws InterruptedException {
    await("ConfigMaps of overlays", overlayMaps.start());
  }

  private static void await(String what, CompletableFuture<Void> listed)
      throws InterruptedException {
    try {
      listed.get(LIST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KubernetesClientException refused
          ? refused
          : new KubernetesClientException(
              "%s cannot be listed: %s".formatted(what, e.getCause()), e);
    } catch (TimeoutException e) {
      throw new KubernetesClientException(
          "%s cannot be listed: no answer within %d s".formatted(what, LIST_TIMEOUT.toSeconds()),
          e);
    }
  }

  /**
   * Replaces all watches by new ones.
   *
   * @throws KubernetesClientException if the server cannot be reached; the next call tries again
   */
  void watchAnew() throws InterruptedException {
    watchAddons();
    watchOverlays();
    owned.renew();
    arrivals.renew();
  }

  /** Ends all watches and threads. */
  @Override
  public void close() {
    k3s.close();
    arrivals.close();
    owned.close();
    addons.close();
    overlayMaps.close();
    MoreExecutors.shutdownAndAwaitTermination(requests, TERMINATION);
  }

  /** The load balancer's own classes are among what its add-on provides. */
  static HealthContext healthContext(Selection selection) {
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
