package dev.plinth.testkit.addons;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.addon.Addon;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Another add-on of the server, and objects of a user, which nobody has to touch. */
final class Neighbour implements Addon {

  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: kit-neighbour, namespace: kube-system}
      data: {key: value}
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: kit-neighbour, namespace: default}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: kit-neighbour, namespace: kube-system}
      spec: {selector: {app: kit-neighbour}, ports: [{port: 80}]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: kit-neighbour}
      rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
      """;

  @Override
  public String name() {
    return "kit-neighbour";
  }

  @Override
  public String description() {
    return "Another add-on of the compatibility kit";
  }

  @Override
  public List<PackagedManifest> manifests(ServerConfig config) {
    return List.of(new PackagedManifest("kit-neighbour.yaml", MANIFEST));
  }

  /** Makes the objects of a user. */
  static void createObjectsOfUser(KubernetesClient client) {
    for (String namespace : List.of("default", "kube-system")) {
      client
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName("kit-user")
                  .withNamespace(namespace)
                  .endMetadata()
                  .addToData("key", "value")
                  .build())
          .create();
    }
    client
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName("kit-user")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", "kit-user")
                .addNewPort()
                .withPort(80)
                .endPort()
                .endSpec()
                .build())
        .create();
  }

  /** The versions of these objects, which change with every write to them. */
  static Map<String, String> versions(Inventory inventory) {
    Map<String, String> versions = new TreeMap<>();
    inventory
        .filter(it -> it.name().equals("kit-neighbour") || it.name().equals("kit-user"))
        // Its status tells how things stand.
        .filter(it -> !it.kind().equals("Addon"))
        .objects()
        .forEach(
            (reference, content) ->
                versions.put(
                    reference.toString(),
                    content.path("metadata").path("uid").asText()
                        + " "
                        + content.path("metadata").path("resourceVersion").asText()));
    return versions;
  }

  /** Whether an object of another add-on has fields of this one. */
  static List<String> objectsWithFieldsOf(String fieldManager, Inventory others) {
    return others.objects().entrySet().stream()
        .filter(it -> managers(it.getValue()).contains(fieldManager))
        .map(it -> it.getKey().toString())
        .toList();
  }

  private static List<String> managers(JsonNode object) {
    return object.path("metadata").path("managedFields").findValuesAsText("manager");
  }
}
