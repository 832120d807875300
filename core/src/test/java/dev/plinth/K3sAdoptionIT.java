package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.testkit.WithControlPlane;
import dev.plinth.testkit.k3s.K3sCluster;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What K3s left of an Addon of the same name becomes Plinth's, in place. */
@WithControlPlane(nodes = 1)
class K3sAdoptionIT {

  private static final String SOURCE = "/var/lib/rancher/k3s/server/manifests/%s.yaml";

  private static final String WORKLOAD =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: NAME, namespace: default, labels: {app: NAME}}
      spec:
        selector: {matchLabels: {app: NAME}}
        template:
          metadata: {labels: {app: NAME}}
          spec:
            containers: [{name: main, image: "example.org/main:1"}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: NAME, namespace: default}
      spec: {selector: {app: NAME}, ports: [{name: http, port: 80}]}
      """;

  @TempDir Path data;
  private K3sCluster k3s;

  @BeforeEach
  void define(ControlPlane controlPlane) throws InterruptedException {
    k3s = K3sCluster.of(controlPlane, "n1");
  }

  @AfterEach
  void end() {
    k3s.close();
  }

  @Test
  void aFieldOrAnObjectThatK3sHadAndTheManifestHasNotGoesAndNoPodIsRestarted(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    k3s.define();
    String common = WORKLOAD.replace("NAME", "kept");
    k3s.apply(
        "kept",
        SOURCE.formatted("kept"),
        common
            + """
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: kept, namespace: default, labels: {of: k3s}}
            data: {a: "1", only-in-k3s: "1"}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: only-in-k3s, namespace: default}
            """);
    k3s.apply("other", SOURCE.formatted("other"), configMap("of-another-addon", "{a: \"1\"}"));
    client
        .configMaps()
        .inNamespace("default")
        .withName("kept")
        .edit(
            it -> {
              it.getData().put("of-a-user", "1");
              return it;
            });
    await().atMost(TestHost.PATIENCE).until(() -> pods(client, "kept").size() == 1);
    Map<String, String> podsBefore = pods(client, "kept");
    Map<String, String> replicaSetsBefore = replicaSets(client, "kept");
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon = TestAddon.of("kept", common + "---\n" + configMap("kept", "{a: \"1\"}"));

    host.runReady(addon);

    ConfigMap kept = client.configMaps().inNamespace("default").withName("kept").get();
    assertThat(kept.getData()).isEqualTo(Map.of("a", "1", "of-a-user", "1"));
    assertThat(kept.getMetadata().getLabels())
        .containsOnlyKeys("applyset.kubernetes.io/part-of", "plinth.dev/addon");
    assertThat(kept.getMetadata().getAnnotations()).containsOnlyKeys("plinth.dev/applied");
    assertThat(client.configMaps().inNamespace("default").withName("only-in-k3s").get()).isNull();
    Deployment deployment =
        client.apps().deployments().inNamespace("default").withName("kept").get();
    assertThat(deployment.getMetadata().getLabels())
        .doesNotContainKey("objectset.rio.cattle.io/hash");
    assertThat(managers(deployment.getMetadata())).contains("plinth").doesNotContain("deploy@n1");
    assertThat(pods(client, "kept")).isEqualTo(podsBefore);
    assertThat(replicaSets(client, "kept")).isEqualTo(replicaSetsBefore);
    assertThat(managers(host.addon("kept").getMetadata()))
        .contains("plinth")
        .doesNotContain("k3s-supervisor@n1");

    ObjectMeta other =
        client.configMaps().inNamespace("default").withName("of-another-addon").get().getMetadata();
    assertThat(other.getLabels()).containsOnlyKeys("objectset.rio.cattle.io/hash");
    assertThat(managers(other)).containsExactly("deploy@n1");
    assertThat(managers(host.addon("other").getMetadata())).containsOnly("k3s-supervisor@n1");

    var mark = controlPlane.mark();
    host.runReady(addon);
    assertThat(host.requestsSince(mark).writes()).isEmpty();
  }

  @Test
  void fiftyObjectsTakeAListForEachKindAndTwoWritesEach(ControlPlane controlPlane)
      throws InterruptedException {
    k3s.define();
    StringBuilder manifest = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      manifest.append(configMap("many-" + i, "{a: \"1\"}")).append("---\n");
      manifest
          .append(
              configMap("many-" + i, "{a: \"1\"}")
                  .replace("ConfigMap", "Secret")
                  .replace("\ndata:", "\nstringData:"))
          .append("---\n");
    }
    k3s.apply("many", SOURCE.formatted("many"), manifest.toString());
    TestHost host = TestHost.of(controlPlane, data);
    var mark = controlPlane.mark();

    host.runReady(TestAddon.of("many", manifest.toString()));

    var requests = host.requestsSince(mark);
    for (String kind : List.of("configmaps", "secrets")) {
      assertThat(requests.resource(kind).writes().count()).isEqualTo(50);
      assertThat(requests.resource(kind).verb("get")).isEmpty();
      // One of what is ours so far, whose watch goes on; and one of what is K3s's. Overlays are
      // looked for in one namespace.
      assertThat(
              requests.resource(kind).verb("list").filter(it -> it.namespace().isEmpty()).count())
          .isEqualTo(2);
    }
  }

  private static String configMap(String name, String data) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: default}
    data: %s
    """
        .formatted(name, data);
  }

  private static List<String> managers(ObjectMeta metadata) {
    return metadata.getManagedFields().stream()
        .filter(it -> it.getSubresource() == null || it.getSubresource().isEmpty())
        .map(ManagedFieldsEntry::getManager)
        .toList();
  }

  private static Map<String, String> pods(KubernetesClient client, String app) {
    return client.pods().inNamespace("default").withLabel("app", app).list().getItems().stream()
        .filter(it -> "Running".equals(it.getStatus().getPhase()))
        .map(Pod::getMetadata)
        .collect(Collectors.toMap(ObjectMeta::getName, ObjectMeta::getUid));
  }

  private static Map<String, String> replicaSets(KubernetesClient client, String app) {
    return client
        .apps()
        .replicaSets()
        .inNamespace("default")
        .withLabel("app", app)
        .list()
        .getItems()
        .stream()
        .map(ReplicaSet::getMetadata)
        .collect(Collectors.toMap(ObjectMeta::getName, ObjectMeta::getUid));
  }
}
