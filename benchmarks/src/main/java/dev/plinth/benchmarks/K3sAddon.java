package dev.plinth.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * An Addon as K3s leaves it, with a Deployment and other objects.
 *
 * @param name of the Addon and of all its objects
 * @param objects how many there are
 */
record K3sAddon(String name, int objects) {

  private static final String NAMESPACE = "kube-system";
  private static final String MARK = "objectset.rio.cattle.io/";
  private static final String OWNER = "k3s.cattle.io/v1, Kind=Addon";

  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: %1$s, namespace: default}
      spec:
        selector: {matchLabels: {app: %1$s}}
        template:
          metadata: {labels: {app: %1$s}}
          spec: {containers: [{name: main, image: "example.org/main:1"}]}
      """;

  private static final List<String> OTHERS =
      List.of(
          "apiVersion: v1\n"
              + "kind: ConfigMap\n"
              + "metadata: {name: %s, namespace: default}\n"
              + "data: {a: \"1\"%s}\n",
          "apiVersion: v1\n"
              + "kind: Secret\n"
              + "metadata: {name: %s, namespace: default}\n"
              + "stringData: {a: \"1\"%s}\n",
          "apiVersion: v1\n"
              + "kind: ConfigMap\n"
              + "metadata: {name: x-%s, namespace: default}\n"
              + "data: {a: \"1\"%s}\n",
          "apiVersion: v1\n"
              + "kind: Service\n"
              + "metadata: {name: %s, namespace: default}\n"
              + "spec: {ports: [{port: 80}]}\n");

  /**
   * The manifest.
   *
   * @param more what the ConfigMaps and Secrets have besides
   */
  String manifest(String more) {
    StringBuilder manifest = new StringBuilder(DEPLOYMENT.formatted(name));
    for (int i = 1; i < objects; i++) {
      manifest
          .append("---\n")
          .append(OTHERS.get(i % OTHERS.size()).formatted(name + "-" + i, more));
    }
    return manifest.toString();
  }

  /** Writes the Addon and its objects as K3s does, which has another field than the manifest. */
  void leave(KubernetesClient k3s) {
    TreeSet<String> kinds = new TreeSet<>();
    k3s.load(new ByteArrayInputStream(manifest(", of-k3s: \"1\"").getBytes(UTF_8)))
        .items()
        .forEach(
            object -> {
              mark(object);
              k3s.resource(object).create();
              String version = object.getApiVersion();
              kinds.add(
                  "%s, Kind=%s"
                      .formatted(
                          version.contains("/") ? version : "/" + version, object.getKind()));
            });
    k3s.resource(
            """
            apiVersion: k3s.cattle.io/v1
            kind: Addon
            metadata:
              name: %s
              namespace: kube-system
              annotations: {addon.k3s.cattle.io/gvks: "%s"}
            spec: {source: /k3s/%s.yaml, checksum: of-k3s}
            """
                .formatted(name, String.join(";", kinds), name))
        .create();
  }

  /** A SHA-1, as K3s has it. */
  @SuppressWarnings("deprecation")
  private void mark(HasMetadata object) {
    String applied = Serialization.asJson(object);
    object
        .getMetadata()
        .setLabels(
            new HashMap<>(
                Map.of(
                    MARK + "hash",
                    Hashing.sha1().hashString(OWNER + name + NAMESPACE, UTF_8).toString())));
    object
        .getMetadata()
        .setAnnotations(
            new HashMap<>(
                Map.of(
                    MARK + "id",
                    "",
                    MARK + "owner-gvk",
                    OWNER,
                    MARK + "owner-name",
                    name,
                    MARK + "owner-namespace",
                    NAMESPACE,
                    MARK + "applied",
                    applied)));
  }
}
