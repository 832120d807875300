package dev.plinth.takeover;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ticker;
import com.google.common.collect.Ordering;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.apply.Concurrently;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.FieldRelease;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import dev.plinth.takeover.LeasePulse.Sign;
import dev.plinth.takeover.PlinthObjects.Owned;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Gives everything that Plinth has in a cluster back: objects go on as they are, without Plinth's
 * labels and annotations, and with an owner of their fields that no longer applies anything; the
 * Addons, which are the inventory, are deleted, and so are the Leases of servers that are gone.
 *
 * <p>A K3s that is started afterwards adopts what it packages; so does a server with Plinth. Cut at
 * any point, it is finished by the next run. No server with Plinth may be alive meanwhile.
 */
public final class Release {

  private static final String FIELD_MANAGER = "plinth";
  private static final String SERVERS = "?labelSelector=" + Labels.SERVER;
  private static final int REQUESTS_AT_ONCE = 16;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final List<String> LABELS =
      List.of(Labels.APPLYSET_PART_OF, Labels.ADDON, "applyset.kubernetes.io/is-parent-type");
  private static final List<String> ANNOTATIONS = List.of(Labels.APPLIED);

  private final ClusterApi api;

  /**
   * @param client for the cluster; stays open
   */
  public Release(KubernetesClient client) {
    this.api = new ClusterApi(requireNonNull(client, "client"), FIELD_MANAGER);
  }

  /**
   * What {@link #run} would do; writes nothing, and does not mind whether servers are alive.
   *
   * @throws KubernetesClientException if the cluster cannot be read
   */
  public Plan preview() {
    return plan(PlinthObjects.find(api), Map.of());
  }

  /**
   * Gives back.
   *
   * @return what was done; with FAIL for an object with which it did not succeed, and the reason:
   *     the Addons are still there then
   * @throws ServerAliveException if a server with Plinth is alive; nothing was written then
   * @throws KubernetesClientException if the cluster cannot be read or an Addon not be deleted
   * @throws InterruptedException if interrupted
   */
  public Plan run() throws ServerAliveException, InterruptedException {
    List<JsonNode> leases = awaitSilence();
    PlinthObjects objects = PlinthObjects.find(api);
    Map<ObjectReference, String> failures = new HashMap<>();
    ExecutorService requests =
        Executors.newFixedThreadPool(
            REQUESTS_AT_ONCE,
            new ThreadFactoryBuilder().setNameFormat("plinth-release-%d").setDaemon(true).build());
    try {
      List<Owned> owned = objects.members();
      List<Optional<String>> results =
          owned.isEmpty() ? List.of() : new Concurrently(requests).map(owned, this::giveBack);
      for (int i = 0; i < owned.size(); i++) {
        Owned it = owned.get(i);
        results.get(i).ifPresent(why -> failures.put(it.reference(), why));
      }
    } finally {
      requests.shutdownNow();
    }
    if (failures.isEmpty()) {
      objects.addons().forEach(this::delete);
      leases.forEach(it -> delete(new Owned(K3sPresence.LEASES, (ObjectNode) it)));
    }
    return plan(objects, failures);
  }

  private Optional<String> giveBack(Owned object) {
    ObjectReference reference = object.reference();
    try {
      api.patch(
          object.kind(),
          reference.namespace(),
          reference.name(),
          FieldRelease.patch(object.live(), FIELD_MANAGER, LABELS, ANNOTATIONS));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void delete(Owned object) {
    ResourceKind kind = object.kind();
    api.delete(
        kind,
        object.reference().namespace(),
        object.reference().name(),
        object.live().path("metadata").path("uid").asText());
  }

  /**
   * Waits until it is certain that no server is alive.
   *
   * @return the Leases that they have left
   */
  private List<JsonNode> awaitSilence() throws ServerAliveException, InterruptedException {
    Map<String, LeasePulse> pulses = new HashMap<>();
    while (true) {
      List<JsonNode> leases = leases();
      boolean undecided = false;
      for (JsonNode lease : leases) {
        String name = lease.path("metadata").path("name").asText();
        LeasePulse pulse =
            pulses.computeIfAbsent(name, it -> new LeasePulse(Ticker.systemTicker()));
        pulse.look(Optional.of(lease));
        if (pulse.sign() == Sign.ALIVE) {
          throw new ServerAliveException(name);
        }
        undecided |= isHeld(lease) && pulse.sign() == Sign.UNDECIDED;
      }
      if (!undecided) {
        return leases;
      }
      Duration shortest =
          pulses.values().stream().map(LeasePulse::patience).min(Ordering.natural()).orElse(PAUSE);
      Thread.sleep(Ordering.natural().min(PAUSE, shortest.dividedBy(3)).toMillis());
    }
  }

  /** Who leaves in order gives its Lease up, and nobody who is alive goes without one for long. */
  private static boolean isHeld(JsonNode lease) {
    return !lease.path("spec").path("holderIdentity").asText("").isEmpty();
  }

  private List<JsonNode> leases() {
    List<JsonNode> leases = new ArrayList<>();
    api.get(K3sPresence.LEASES.path(K3sPresence.NAMESPACE) + SERVERS)
        .ifPresent(list -> list.path("items").forEach(leases::add));
    return leases;
  }

  private static Plan plan(PlinthObjects objects, Map<ObjectReference, String> failures) {
    List<PlannedChange> changes = new ArrayList<>();
    for (Owned it : objects.members()) {
      String why = failures.get(it.reference());
      changes.add(
          change(it, why == null ? Change.CHANGE : Change.FAIL, why == null ? "given back" : why));
    }
    for (Owned it : objects.addons()) {
      changes.add(
          failures.isEmpty()
              ? change(it, Change.DELETE, "its objects stay")
              : change(it, Change.LEAVE, "not all of its objects are given back"));
    }
    return new Plan(changes, List.of());
  }

  private static PlannedChange change(Owned object, Change change, String message) {
    return new PlannedChange(
        object.owner(), new ObjectPreview(object.reference(), change, true, List.of(), message));
  }
}
