package dev.plinth.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Which kinds the API server has. Asks for one group version at a time, and only for those that are
 * used; what it found is kept until {@link #forget}, what it did not find is asked for again.
 *
 * <p>Thread-safe.
 */
public final class Discovery {

  private final ClusterApi api;
  private final Map<String, Map<String, ResourceKind>> kindsByApiVersion =
      new ConcurrentHashMap<>();

  public Discovery(ClusterApi api) {
    this.api = api;
  }

  /**
   * The kind of that name, if the server has it now.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the server cannot be asked
   */
  public Optional<ResourceKind> find(String apiVersion, String kind) {
    ResourceKind known = kindsByApiVersion.getOrDefault(apiVersion, Map.of()).get(kind);
    if (known != null) {
      return Optional.of(known);
    }
    Map<String, ResourceKind> kinds = read(apiVersion);
    kindsByApiVersion.put(apiVersion, kinds);
    return Optional.ofNullable(kinds.get(kind));
  }

  /**
   * Whether the server has kinds of this group version now.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the server cannot be asked
   */
  public boolean serves(String apiVersion) {
    return !read(apiVersion).isEmpty();
  }

  /**
   * Forgets a group version, since a request showed that what is known of it is not true any more.
   */
  public void forget(String apiVersion) {
    kindsByApiVersion.remove(apiVersion);
  }

  private Map<String, ResourceKind> read(String apiVersion) {
    boolean core = !apiVersion.contains("/");
    Optional<ObjectNode> list = api.get((core ? "/api/" : "/apis/") + encode(apiVersion));
    if (list.isEmpty()) {
      return Map.of();
    }
    String group = core ? "" : apiVersion.substring(0, apiVersion.indexOf('/'));
    String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
    Map<String, ResourceKind> kinds = new HashMap<>();
    for (JsonNode resource : list.get().path("resources")) {
      String plural = resource.path("name").asText();
      if (!plural.contains("/") && canBeListed(resource)) {
        String kind = resource.path("kind").asText();
        kinds.put(
            kind,
            new ResourceKind(
                group, version, kind, plural, resource.path("namespaced").asBoolean()));
      }
    }
    return Map.copyOf(kinds);
  }

  /** What users write as apiVersion may be anything. */
  private static String encode(String apiVersion) {
    return Stream.of(apiVersion.split("/", 2))
        .map(it -> URLEncoder.encode(it, UTF_8).replace("+", "%20"))
        .collect(joining("/"));
  }

  private static boolean canBeListed(JsonNode resource) {
    for (JsonNode verb : resource.path("verbs")) {
      if (verb.asText().equals("list")) {
        return true;
      }
    }
    return false;
  }
}
