package dev.plinth.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ticker;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The objects that K3s has applied for Addons: one list for each kind, which serves all Addons that
 * are adopted within a while. Each of them is given its part once; who asks again, since the
 * cluster was not as the list told, gets a new list.
 *
 * <p>An object is an Addon's if it has both K3s's label and its annotations of an owner: the label
 * alone is copied, from a Service to its Endpoints.
 *
 * <p>Thread-safe.
 */
public final class K3sObjects {

  private static final Duration LONGEST_USE = Duration.ofMinutes(1);
  private static final String ADDON = "k3s.cattle.io/v1, Kind=Addon";

  private final ClusterApi api;
  private final Ticker ticker;
  private final Map<String, Listing> listings = new HashMap<>();

  /**
   * @param ticker the age of lists is told by it
   */
  public K3sObjects(ClusterApi api, Ticker ticker) {
    this.api = api;
    this.ticker = ticker;
  }

  /** An object that K3s applied. */
  public record Found(ResourceKind kind, ObjectNode live) {}

  /** What is left of a list, by K3s's hash of the owner. */
  private record Listing(long readAt, Map<String, List<ObjectNode>> byOwner) {}

  /**
   * All objects of these kinds that K3s applied for the Addon.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if a kind cannot be listed
   */
  public List<Found> of(Membership membership, Collection<ResourceKind> kinds) {
    List<Found> found = new ArrayList<>();
    for (ResourceKind kind : kinds) {
      for (ObjectNode live : take(kind, membership.k3sOwnerHash())) {
        if (isOf(membership, live)) {
          found.add(new Found(kind, live));
        }
      }
    }
    return found;
  }

  /**
   * All objects of these kinds that K3s applied for something else than an Addon, such as a Service
   * or a HelmChart.
   */
  public List<Found> notAddons(Collection<ResourceKind> kinds) {
    List<Found> found = new ArrayList<>();
    for (ResourceKind kind : kinds) {
      for (ObjectNode live : rest(kind)) {
        JsonNode annotations = live.path("metadata").path("annotations");
        boolean ofAddon = annotations.path(Labels.K3S_OWNER_KIND).asText(ADDON).equals(ADDON);
        if (!ofAddon && !isControlled(live)) {
          found.add(new Found(kind, live));
        }
      }
    }
    return found;
  }

  private synchronized List<ObjectNode> rest(ResourceKind kind) {
    return listings.computeIfAbsent(kind.groupKind(), it -> list(kind)).byOwner().values().stream()
        .flatMap(List::stream)
        .toList();
  }

  private synchronized List<ObjectNode> take(ResourceKind kind, String hash) {
    Listing known = listings.get(kind.groupKind());
    if (known == null
        || !known.byOwner().containsKey(hash) && known.byOwner().containsKey(taken(hash))
        || ticker.read() - known.readAt() > LONGEST_USE.toNanos()) {
      known = list(kind);
      listings.put(kind.groupKind(), known);
    }
    List<ObjectNode> part = known.byOwner().remove(hash);
    known.byOwner().put(taken(hash), List.of());
    return part == null ? List.of() : part;
  }

  private static String taken(String hash) {
    return "taken " + hash;
  }

  private Listing list(ResourceKind kind) {
    long now = ticker.read();
    Map<String, List<ObjectNode>> byOwner = new HashMap<>();
    for (ObjectNode live : api.list(kind, Labels.K3S_HASH)) {
      String hash = live.path("metadata").path("labels").path(Labels.K3S_HASH).asText();
      byOwner.computeIfAbsent(hash, it -> new ArrayList<>()).add(live);
    }
    return new Listing(now, byOwner);
  }

  /** Whether K3s says that the object is the Addon's. */
  private static boolean isOf(Membership membership, ObjectNode live) {
    JsonNode annotations = live.path("metadata").path("annotations");
    return annotations.path(Labels.K3S_OWNER_KIND).asText("").equals(ADDON)
        && annotations.path(Labels.K3S_OWNER_NAME).asText("").equals(membership.name())
        && annotations.path(Labels.K3S_OWNER_NAMESPACE).asText("").equals(membership.namespace())
        && Set.of("", membership.applySetId())
            .contains(live.path("metadata").path("labels").path(Labels.APPLYSET_PART_OF).asText(""))
        && !isControlled(live);
  }

  private static boolean isControlled(ObjectNode live) {
    for (JsonNode owner : live.path("metadata").path("ownerReferences")) {
      if (owner.path("controller").asBoolean()) {
        return true;
      }
    }
    return false;
  }
}
