package dev.plinth.slot;

import dev.plinth.addon.Addon;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Slot;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.MissingRight;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;

/** Looks for foreign occupants of the slots that enabled add-ons fill. Writes nothing. */
public final class SlotOccupants {

  private final ClusterApi api;
  private final ServerConfig config;
  private final Selection selection;

  public SlotOccupants(ClusterApi api, ServerConfig config, Selection selection) {
    this.api = api;
    this.config = config;
    this.selection = selection;
  }

  /**
   * One warning for each occupant, with the flag that leaves the slot to it, and one for each slot
   * for which a right is missing to look.
   *
   * @throws KubernetesClientException if the cluster cannot be read
   */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (Slot slot : Slot.values()) {
      selection.inSlot(slot).ifPresent(it -> warnings.addAll(warnings(slot, it)));
    }
    return warnings;
  }

  private List<String> warnings(Slot slot, Addon addon) {
    try {
      return find(slot, addon).stream().map(it -> warning(slot, addon.name(), it)).toList();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
      return List.of(
          "slot %s: whether there is something else besides add-on '%s' cannot be told: %s"
              .formatted(slot, addon.name(), MissingRight.of(e).orElseGet(e::getMessage)));
    }
  }

  private List<String> find(Slot slot, Addon addon) {
    return switch (slot) {
      case DNS -> new DnsOccupants(api).find(config.clusterDns().get(0), addon.name());
      case INGRESS -> new IngressOccupants(api).find(addon.provides());
      case LOAD_BALANCER -> new LoadBalancerOccupants(api).find();
    };
  }

  private static String warning(Slot slot, String addon, String occupant) {
    return "slot %s: %s, besides add-on '%s'; keep one of them: --disable %s, or take the other away"
        .formatted(slot, occupant, addon, addon);
  }
}
