package dev.plinth.lifecycle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.net.InetAddresses;
import dev.plinth.cluster.ClusterApi;
import java.util.List;
import java.util.Optional;

/** Looks whether anything answers at the cluster's DNS address when no add-on does. */
final class ClusterDnsCheck {

  private static final String SERVICES = "/api/v1/services";
  private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices";

  private final ClusterApi api;

  ClusterDnsCheck(ClusterApi api) {
    this.api = api;
  }

  /** What to warn of; empty if a Service with ready endpoints has the address. */
  Optional<String> warning(List<String> clusterDns) {
    String address = clusterDns.get(0);
    for (JsonNode service : itemsOf(SERVICES)) {
      if (hasAddress(service.path("spec"), address)) {
        return hasReadyEndpoint(service.path("metadata"))
            ? Optional.empty()
            : Optional.of(
                "the Service %s/%s has the cluster DNS address %s but no ready endpoint: pods resolve no names"
                    .formatted(
                        service.path("metadata").path("namespace").asText(),
                        service.path("metadata").path("name").asText(),
                        address));
      }
    }
    return Optional.of(
        "cluster DNS is disabled and nothing answers at %s: pods resolve no names until a DNS Service with this clusterIP is installed"
            .formatted(address));
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

  private boolean hasReadyEndpoint(JsonNode service) {
    String path =
        SLICES.formatted(service.path("namespace").asText())
            + "?labelSelector=kubernetes.io/service-name%3D"
            + service.path("name").asText();
    for (JsonNode slice : itemsOf(path)) {
      for (JsonNode endpoint : slice.path("endpoints")) {
        if (endpoint.path("conditions").path("ready").asBoolean(true)) {
          return true;
        }
      }
    }
    return false;
  }

  private JsonNode itemsOf(String path) {
    return api.get(path)
        .<JsonNode>map(it -> it.path("items"))
        .orElse(JsonNodeFactory.instance.missingNode());
  }
}
