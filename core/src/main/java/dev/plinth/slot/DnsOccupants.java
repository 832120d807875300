package dev.plinth.slot;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.net.InetAddresses;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Labels;
import java.util.ArrayList;
import java.util.List;

/** Others that answer at the cluster's DNS address: by a Service, or behind the add-on's own. */
final class DnsOccupants {

  private final ClusterApi api;

  DnsOccupants(ClusterApi api) {
    this.api = api;
  }

  /**
   * @param address the first address of cluster DNS
   * @param addon the add-on that fills the slot
   */
  List<String> find(String address, String addon) {
    List<String> found = new ArrayList<>();
    for (JsonNode service : Items.of(api, "/api/v1/services")) {
      if (!hasAddress(service.path("spec"), address)) {
        continue;
      }
      if (isForeign(service, addon)) {
        found.add("Service %s has the cluster DNS address %s".formatted(nameOf(service), address));
        continue;
      }
      String namespace = service.path("metadata").path("namespace").asText();
      for (JsonNode deployment :
          Items.of(api, "/apis/apps/v1/namespaces/%s/deployments".formatted(namespace))) {
        if (isForeign(deployment, addon) && isBehind(service, deployment)) {
          found.add(
              "Deployment %s has pods behind Service %s, which has the cluster DNS address %s"
                  .formatted(nameOf(deployment), nameOf(service), address));
        }
      }
    }
    return found;
  }

  /** IPv6 addresses are compared by value: they have several notations. */
  private static boolean hasAddress(JsonNode spec, String address) {
    for (JsonNode it : spec.path("clusterIPs")) {
      if (InetAddresses.isInetAddress(it.asText())
          && InetAddresses.forString(it.asText()).equals(InetAddresses.forString(address))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBehind(JsonNode service, JsonNode deployment) {
    JsonNode selector = service.path("spec").path("selector");
    JsonNode labels = deployment.path("spec").path("template").path("metadata").path("labels");
    return !selector.isEmpty()
        && selector.properties().stream()
            .allMatch(it -> it.getValue().equals(labels.get(it.getKey())));
  }

  /** What K3s has made is taken over, or K3s is alive and the add-on blocked for that reason. */
  private static boolean isForeign(JsonNode object, String addon) {
    JsonNode labels = object.path("metadata").path("labels");
    return !labels.path(Labels.ADDON).asText().equals(addon) && !labels.has(Labels.K3S_HASH);
  }

  private static String nameOf(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    return metadata.path("namespace").asText() + "/" + metadata.path("name").asText();
  }
}
