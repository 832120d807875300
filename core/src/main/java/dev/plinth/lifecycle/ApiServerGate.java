package dev.plinth.lifecycle;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.primitives.Ints;
import dev.plinth.cluster.ClusterApi;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;

/** What must be true of the API server before anything else is asked of it. */
final class ApiServerGate {

  private static final int OLDEST_MINOR = 27;

  private final ClusterApi api;

  ApiServerGate(ClusterApi api) {
    this.api = api;
  }

  /**
   * Why work cannot begin so far; empty if it can.
   *
   * @throws KubernetesClientException if the server does not know the client, which no waiting ends
   */
  Optional<String> obstacle() {
    try {
      if (!api.isOk("/readyz")) {
        return Optional.of("the API server is not ready");
      }
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
        throw e;
      }
      return Optional.of("the API server does not answer: " + e.getMessage());
    }
  }

  /** Why nothing can be written into kube-system so far; empty if something can. */
  Optional<String> missingNamespace() {
    return api.get("/api/v1/namespaces/kube-system").isPresent()
        ? Optional.empty()
        : Optional.of("the API server has not made the namespace kube-system so far");
  }

  /** Why this API server cannot be worked with at all; empty if it can. */
  Optional<String> unsupported() {
    ObjectNode version =
        api.get("/version")
            .orElseThrow(() -> new KubernetesClientException("the API server has no /version"));
    // Some distributions write a plus sign behind it.
    Integer minor = Ints.tryParse(version.path("minor").asText().replaceAll("\\D.*$", ""));
    boolean supported =
        version.path("major").asText().equals("1") && minor != null && minor >= OLDEST_MINOR;
    return supported
        ? Optional.empty()
        : Optional.of(
            "the API server is Kubernetes %s; 1.%d or newer is needed"
                .formatted(version.path("gitVersion").asText("unknown"), OLDEST_MINOR));
  }
}
