package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import dev.plinth.takeover.K3sAliveException;
import dev.plinth.takeover.ServerAliveException;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.k3s.K3sCluster;
import dev.plinth.testkit.k3s.K3sLease;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What K3s has left is taken over on demand, and given back. */
class TakeoverIT {

  private static final int LEASE_SECONDS = 2;

  private static final String STORAGE =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: storage, namespace: kube-system}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: storage, namespace: kube-system, labels: {app: storage}}
      spec:
        selector: {matchLabels: {app: storage}}
        template:
          metadata: {labels: {app: storage}}
          spec:
            serviceAccountName: storage
            containers:
              - name: main
                image: example.org/storage:1
                args: ["--debug", "start"]
                env: [{name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]
                ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]
                volumeMounts: [{name: config, mountPath: /etc/config/}]
            volumes: [{name: config, configMap: {name: storage}}]
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: storage, namespace: kube-system}
      data: {a: "1", b: "1"}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: storage}
      rules: [{apiGroups: [""], resources: [nodes], verbs: [get]}]
      """;

  /** Of its own: the definition of Addons is K3s's in it. */
  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  @TempDir Path data;
  private K3sCluster k3s;

  @BeforeEach
  void defineAsK3s(ControlPlane controlPlane) throws InterruptedException {
    k3s = K3sCluster.of(controlPlane, "n1");
    k3s.define();
  }

  @AfterEach
  void end(KubernetesClient client) {
    K3sLease.remove(client);
    k3s.close();
  }

  @Test
  void anAddonThatNoAddonPackagesIsTakenOverAsItIsAndFollowsItsManifestThen(
      ControlPlane controlPlane, KubernetesClient client) throws Exception {
    k3s.apply("storage", "/k3s/storage.yaml", STORAGE);
    k3s.apply("packaged", "/k3s/packaged.yaml", configMap("packaged"));
    ConfigMap content = ofHelm("chart-content-x");
    k3s.supervisor().resource(content).create();
    TestHost host = TestHost.of(controlPlane, data);
    Plinth.Builder server = host.server(TestAddon.of("packaged", configMap("packaged")));
    List<ObjectNode> before = withoutMarks(client);

    var mark = controlPlane.mark();
    Plan preview = server.takeover().preview();
    assertThat(host.requestsSince(mark).writes()).isEmpty();
    assertThat(preview.changes())
        .extracting(PlannedChange::toString)
        .containsExactlyInAnyOrder(
            "storage  change  Addon kube-system/storage: adopted from K3s",
            "storage  change  ServiceAccount kube-system/storage: adopted from K3s",
            "storage  change  Deployment kube-system/storage: adopted from K3s",
            "storage  change  ConfigMap kube-system/storage: adopted from K3s",
            "storage  change  ClusterRole storage: adopted from K3s",
            "x  delete  ConfigMap kube-system/chart-content-x: K3s's Helm controller needed it");
    assertThat(preview.objects())
        .extracting(PlannedChange::toString)
        .contains(
            "packaged  leave  Addon kube-system/packaged: adopted by the add-on 'packaged' when a"
                + " server starts");

    K3sLease lease = K3sLease.renewed(client, LEASE_SECONDS, Duration.ofMinutes(-10));
    try {
      assertThatThrownBy(() -> server.takeover().run())
          .isInstanceOf(K3sAliveException.class)
          .hasMessageContaining("kube-system/k3s");
      assertThat(host.requestsSince(mark).writes()).isEmpty();
    } finally {
      lease.close();
    }
    K3sLease.remove(client);

    Plan done = server.takeover().run();

    assertThat(done).isEqualTo(preview);
    // 4 objects, twice; the Addon, made a parent, and freed of K3s's entry; the definition; and one
    // object deleted.
    assertThat(host.requestsSince(mark).writes().count()).isEqualTo(2 * 4 + 2 + 1 + 1);
    assertThat(withoutMarks(client)).isEqualTo(before);
    assertThat(client.configMaps().inNamespace("kube-system").withName("chart-content-x").get())
        .isNull();
    for (HasMetadata it : storage(client)) {
      assertThat(it.getMetadata().getLabels())
          .containsKey("applyset.kubernetes.io/part-of")
          .doesNotContainKey("objectset.rio.cattle.io/hash");
      assertThat(it.getMetadata().getManagedFields())
          .extracting(ManagedFieldsEntry::getManager)
          .containsOnly("plinth");
    }
    assertThat(server.takeover().preview().changes()).isEmpty();

    Files.createDirectories(host.manifests());
    Files.writeString(
        host.manifests().resolve("storage.yaml"),
        STORAGE.replace("a: \"1\", b: \"1\"", "a: \"1\""));
    try (PlinthServer running = server.start()) {
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          client
                              .configMaps()
                              .inNamespace("kube-system")
                              .withName("storage")
                              .get()
                              .getData())
                      .as(running.status().toString())
                      .isEqualTo(Map.of("a", "1")));
    }
  }

  @Test
  void whatIsGivenBackGoesOnAndCanBeTakenAgain(ControlPlane controlPlane, KubernetesClient client)
      throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon = TestAddon.of("lent", configMap("lent") + "data: {a: \"1\", b: \"1\"}\n");
    host.runReady(addon);
    Plinth.Builder plinth = host.server(addon);
    K3sLease lease =
        K3sLease.renewed(
            client,
            "plinth-server-far",
            Map.of("plinth.dev/server", ""),
            LEASE_SECONDS,
            Duration.ofMinutes(10));
    try {
      var mark = controlPlane.mark();
      assertThatThrownBy(() -> plinth.release().run())
          .isInstanceOf(ServerAliveException.class)
          .hasMessageContaining("Lease kube-system/plinth-server-far");
      assertThat(host.requestsSince(mark).writes()).isEmpty();
    } finally {
      lease.close();
    }

    Plan done = plinth.release().run();

    assertThat(done.changes())
        .extracting(PlannedChange::toString)
        .contains(
            "lent  change  ConfigMap default/lent: given back",
            "lent  delete  Addon kube-system/lent: its objects stay");
    assertThat(host.addon("lent")).isNull();
    assertThat(client.leases().inNamespace("kube-system").withName("plinth-server-far").get())
        .isNull();
    ConfigMap lent = client.configMaps().inNamespace("default").withName("lent").get();
    assertThat(lent.getData()).isEqualTo(Map.of("a", "1", "b", "1"));
    assertThat(lent.getMetadata().getLabels()).isNullOrEmpty();
    assertThat(lent.getMetadata().getAnnotations()).isNullOrEmpty();
    assertThat(lent.getMetadata().getManagedFields())
        .extracting(ManagedFieldsEntry::getManager)
        .containsExactly("plinth-released");
    assertThat(plinth.release().preview().changes()).isEmpty();

    host.runReady(TestAddon.of("lent", configMap("lent") + "data: {a: \"1\"}\n"));
    assertThat(client.configMaps().inNamespace("default").withName("lent").get().getData())
        .isEqualTo(Map.of("a", "1"));
  }

  private static List<HasMetadata> storage(KubernetesClient client) {
    return List.of(
        client.serviceAccounts().inNamespace("kube-system").withName("storage").get(),
        client.apps().deployments().inNamespace("kube-system").withName("storage").get(),
        client.configMaps().inNamespace("kube-system").withName("storage").get(),
        client.rbac().clusterRoles().withName("storage").get());
  }

  /** The objects without what says whose they are. */
  private static List<ObjectNode> withoutMarks(KubernetesClient client) {
    return storage(client).stream()
        .map(
            it -> {
              ObjectNode json = Json.object(Serialization.asJson(it));
              ObjectNode metadata = (ObjectNode) json.path("metadata");
              metadata.remove(List.of("managedFields", "resourceVersion", "annotations"));
              // Of a Deployment, a change of annotations counts as one.
              metadata.remove("generation");
              ObjectNode labels = (ObjectNode) metadata.path("labels");
              labels.remove(
                  List.of("objectset.rio.cattle.io/hash", "applyset.kubernetes.io/part-of"));
              return json;
            })
        .toList();
  }

  private static ConfigMap ofHelm(String name) {
    ConfigMap content =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace("kube-system")
            .endMetadata()
            .build();
    K3sCluster.mark(content, "helm.cattle.io/v1, Kind=HelmChart", "x");
    return content;
  }

  private static String configMap(String name) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: default}
    """
        .formatted(name);
  }
}
