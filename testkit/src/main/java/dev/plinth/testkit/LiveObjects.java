package dev.plinth.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What there is in a cluster, of whatever kind. */
public final class LiveObjects {

  private LiveObjects() {}

  /**
   * An object of a cluster.
   *
   * @param path where all of its kind are listed, e.g. {@code /apis/apps/v1/deployments}
   * @param kind e.g. {@code Deployment}
   * @param content as the API server has it
   */
  public record LiveObject(String path, String kind, JsonNode content) {}

  /**
   * All objects of the kinds that can be listed, each in the preferred version of its group.
   *
   * @param resources chooses kinds by the plural that the API calls them by, e.g. {@code events}
   * @throws KubernetesClientException if they cannot be listed
   */
  public static Stream<LiveObject> of(KubernetesClient client, Predicate<String> resources) {
    return groupVersions(client)
        .flatMap(it -> kinds(client, it, resources))
        .flatMap(it -> objects(client, it));
  }

  private record Listed(String path, String kind) {}

  private static Stream<String> groupVersions(KubernetesClient client) {
    return Stream.concat(
        Stream.of("v1"),
        client.getApiGroups().getGroups().stream()
            .map(APIGroup::getPreferredVersion)
            .map(it -> it.getGroupVersion()));
  }

  private static Stream<Listed> kinds(
      KubernetesClient client, String groupVersion, Predicate<String> resources) {
    APIResourceList list = client.getApiResources(groupVersion);
    if (list == null) {
      return Stream.empty(); // gone since the groups were listed
    }
    String root = groupVersion.equals("v1") ? "/api/" : "/apis/";
    return list.getResources().stream()
        .filter(it -> it.getVerbs().contains("list") && it.getVerbs().contains("get"))
        .filter(it -> resources.test(it.getName()))
        .map(
            (APIResource it) -> new Listed(root + groupVersion + "/" + it.getName(), it.getKind()));
  }

  private static Stream<LiveObject> objects(KubernetesClient client, Listed listed) {
    try {
      JsonNode list =
          client.getKubernetesSerialization().unmarshal(client.raw(listed.path()), JsonNode.class);
      List<LiveObject> objects = new ArrayList<>();
      list.path("items")
          .forEach(it -> objects.add(new LiveObject(listed.path(), listed.kind(), it)));
      return objects.stream();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Stream.empty(); // its definition has just gone
      }
      throw e;
    }
  }
}
