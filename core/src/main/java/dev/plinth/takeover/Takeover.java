package dev.plinth.takeover;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.addon.Selection;
import dev.plinth.apply.Concurrently;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.AddonAdoption;
import dev.plinth.deploy.AddonAdoption.Adopted;
import dev.plinth.deploy.AddonResources;
import dev.plinth.deploy.CustomResourceDefinitions;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import dev.plinth.takeover.K3sPresence.State;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Takes over what a K3s has left in the cluster and no server adopts by itself: Addons that no
 * enabled add-on packages become Plinth's as they are, objects and all, so that they can be
 * disabled and changed; and what K3s's Helm controller needed for its Jobs goes.
 *
 * <p>No object changes but in its metadata, and no pod is restarted. Cut at any point, it is
 * finished by the next run. It may run beside servers.
 */
public final class Takeover {

  private static final String FIELD_MANAGER = "plinth";
  private static final int REQUESTS_AT_ONCE = 16;
  private static final Duration LIST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration LIST_PAUSE = Duration.ofMillis(200);

  private final KubernetesClient client;
  private final ServerConfig config;
  private final Selection selection;
  private final String tooling;

  /**
   * @param client for the cluster; stays open
   * @param config the configuration of the server that is to have what is taken over
   * @param selection which add-ons it runs, which adopt what is theirs when it starts
   * @param tooling who keeps the ApplySets, {@code plinth/<version>}
   */
  public Takeover(
      KubernetesClient client, ServerConfig config, Selection selection, String tooling) {
    this.client = requireNonNull(client, "client");
    this.config = requireNonNull(config, "config");
    this.selection = requireNonNull(selection, "selection");
    this.tooling = requireNonNull(tooling, "tooling");
  }

  /**
   * What {@link #run} would do; writes nothing, and does not mind whether that K3s is alive.
   *
   * @throws KubernetesClientException if the cluster cannot be read
   */
  public Plan preview() {
    ClusterApi api = new ClusterApi(client, FIELD_MANAGER);
    return K3sRemains.find(api, config, selection).plan(List.of());
  }

  /**
   * Takes over.
   *
   * @return what was done; with FAIL for an object with which it did not succeed, and the reason
   * @throws K3sAliveException if a K3s is alive; nothing was written then
   * @throws KubernetesClientException if the cluster cannot be read or an Addon not be written
   * @throws InterruptedException if interrupted
   */
  public Plan run() throws K3sAliveException, InterruptedException {
    ClusterApi api = new ClusterApi(client, FIELD_MANAGER);
    K3sRemains remains = K3sRemains.find(api, config, selection);
    if (remains.isEmpty()) {
      return remains.plan(List.of());
    }
    awaitDeath(api);
    ExecutorService requests =
        Executors.newFixedThreadPool(
            REQUESTS_AT_ONCE,
            new ThreadFactoryBuilder().setNameFormat("plinth-takeover-%d").setDaemon(true).build());
    try (AddonResources addons =
        new AddonResources(client, api, tooling, InstantSource.system(), it -> {})) {
      new CustomResourceDefinitions(client, api).ensureAddons();
      await(addons);
      List<PlannedChange> failures = new ArrayList<>();
      AddonAdoption adoption = new AddonAdoption(api, addons, new Concurrently(requests));
      for (K3sRemains.Adoptable addon : remains.adoptable()) {
        for (Adopted it : adoption.adopt(addon.record(), addon.objects())) {
          it.failure()
              .ifPresent(why -> failures.add(failed(addon.record().name(), it.object(), why)));
        }
      }
      for (K3sRemains.Removable it : remains.removable()) {
        remove(api, it).ifPresent(failures::add);
      }
      return remains.plan(failures);
    } finally {
      requests.shutdownNow();
    }
  }

  private void awaitDeath(ClusterApi api) throws K3sAliveException, InterruptedException {
    Semaphore changes = new Semaphore(0);
    try (K3sPresence k3s =
        new K3sPresence(
            api, Ticker.systemTicker(), "plinth-takeover-k3s", it -> changes.release())) {
      State state = k3s.state("takeover");
      while (state == State.UNDECIDED) {
        changes.acquire();
        state = k3s.state("takeover");
      }
      if (state == State.ALIVE) {
        throw new K3sAliveException();
      }
    }
  }

  /** Just after its definition has changed, a kind cannot be listed for a moment. */
  private static void await(AddonResources addons) throws InterruptedException {
    long deadline = System.nanoTime() + LIST_TIMEOUT.toNanos();
    while (true) {
      try {
        addons.start().get(LIST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException | TimeoutException e) {
        if (System.nanoTime() > deadline) {
          throw new KubernetesClientException("Addons cannot be listed: " + e, e);
        }
        Thread.sleep(LIST_PAUSE.toMillis());
      }
    }
  }

  private static Optional<PlannedChange> remove(ClusterApi api, K3sRemains.Removable removable) {
    ObjectReference object = removable.object();
    try {
      api.delete(removable.kind(), object.namespace(), object.name(), removable.uid());
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(failed(removable.owner(), object, String.valueOf(e.getMessage())));
    }
  }

  private static PlannedChange failed(String owner, ObjectReference object, String why) {
    return new PlannedChange(owner, new ObjectPreview(object, Change.FAIL, true, List.of(), why));
  }
}
