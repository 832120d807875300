package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Requests;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is as declared costs nothing, and what is not is set right. */
@WithControlPlane(nodes = 1)
class UnchangedIT {

  /** Of every kind of notation that a server may change: defaults, quantities, encodings. */
  private static final String EVERYTHING =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: NAME, namespace: default, creationTimestamp: null}
      stringData: {plain: text, number: "1"}
      data: {encoded: dGV4dA==}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: NAME
        namespace: default
        uid: 6d8d5f6c-0000-0000-0000-000000000000
        resourceVersion: "7"
        generation: 3
        creationTimestamp: "2020-01-01T00:00:00Z"
        managedFields: [{manager: kubectl, operation: Update, apiVersion: v1}]
        annotations:
          kubectl.kubernetes.io/last-applied-configuration: "{}"
      data: {key: value}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: NAME, namespace: default}
      spec:
        replicas: 1
        selector: {matchLabels: {app: NAME}}
        template:
          metadata: {labels: {app: NAME}, creationTimestamp: null}
          spec:
            containers:
              - name: c
                image: example.org/c:1
                resources: {limits: {cpu: 0.5, memory: 0.1Gi}, requests: {cpu: "0.25"}}
                env: [{name: EMPTY, value: ""}, {name: FULL, value: x}]
                ports: [{containerPort: 53, protocol: UDP, name: u}, {containerPort: 53, protocol: TCP, name: t}]
                livenessProbe: {httpGet: {path: /, port: t}}
      status: {replicas: 5}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: NAME, namespace: default}
      spec:
        selector: {app: NAME}
        ports: [{name: t, port: 53}, {name: u, port: 53, protocol: UDP, targetPort: 53}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: NAME, namespace: default}
      rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: NAME, namespace: default}
      spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}
      """;

  private static final int KINDS = 6 + 2; // and Addons, and the ConfigMaps of overlays

  @TempDir Path data;

  @Test
  void aRestartOfWhatIsUnchangedWritesNothingAndReadsEachKindOnce(ControlPlane controlPlane)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon = TestAddon.of("unchanged", EVERYTHING.replace("NAME", "unchanged"));
    host.runReady(addon);
    var mark = controlPlane.mark();

    host.runReady(addon);

    Requests requests = host.requestsSince(mark);
    assertThat(requests.writes()).isEmpty();
    // And the Leases of servers, before and after this one has announced itself.
    assertThat(requests.verb("list").count())
        .as(requests.toString())
        .isLessThanOrEqualTo(KINDS + 2);
    // And the Leases, and one that tells whether the API server is there.
    assertThat(requests.verb("watch").count())
        .as(requests.toString())
        .isLessThanOrEqualTo(KINDS + 2);
    assertThat(requests.count()).as(requests.toString()).isLessThanOrEqualTo(2 * KINDS + 20);
  }

  @Test
  void aForeignChangeOfADeclaredFieldIsSetBackAndOneOfAnotherFieldIsLeft(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon = TestAddon.of("drifting", EVERYTHING.replace("NAME", "drifting"));
    try (PlinthServer server = host.start(addon)) {
      server.awaitReady(TestHost.PATIENCE);

      client
          .configMaps()
          .inNamespace("default")
          .withName("drifting")
          .edit(
              it -> {
                it.setData(Map.of("key", "changed", "other", "kept"));
                return it;
              });
      client
          .secrets()
          .inNamespace("default")
          .withName("drifting")
          .edit(
              it -> {
                it.getData().remove("plain");
                return it;
              });
      client.services().inNamespace("default").withName("drifting").delete();

      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(
                        client
                            .configMaps()
                            .inNamespace("default")
                            .withName("drifting")
                            .get()
                            .getData())
                    .isEqualTo(Map.of("key", "value", "other", "kept"));
                assertThat(
                        client
                            .secrets()
                            .inNamespace("default")
                            .withName("drifting")
                            .get()
                            .getData())
                    .isEqualTo(
                        Map.of("plain", "dGV4dA==", "number", "MQ==", "encoded", "dGV4dA=="));
                assertThat(client.services().inNamespace("default").withName("drifting").get())
                    .isNotNull();
              });
    }
  }

  @Test
  void aChangeOfAnUndeclaredFieldAloneIsNotAnswered(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon = TestAddon.of("extended", EVERYTHING.replace("NAME", "extended"));
    try (PlinthServer server = host.start(addon)) {
      server.awaitReady(TestHost.PATIENCE);
      var mark = controlPlane.mark();

      client
          .configMaps()
          .inNamespace("default")
          .withName("extended")
          .edit(
              it -> {
                it.getData().put("other", "kept");
                return it;
              });
      // A later change that is answered shows that the first one has been looked at.
      client.secrets().inNamespace("default").withName("extended").delete();
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> client.secrets().inNamespace("default").withName("extended").get() != null);

      assertThat(host.requestsSince(mark).writes().resource("configmaps")).isEmpty();
    }
  }

  @Test
  void aFieldThatTheManifestNoLongerDeclaresGoes(ControlPlane controlPlane, KubernetesClient client)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    String yaml =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: undeclared, namespace: default}\n";
    host.runReady(TestAddon.of("undeclared", yaml + "data: {stays: a, goes: b}\n"));

    host.runReady(TestAddon.of("undeclared", yaml + "data: {stays: a}\n"));

    assertThat(client.configMaps().inNamespace("default").withName("undeclared").get().getData())
        .isEqualTo(Map.of("stays", "a"));
  }

  @Test
  void aCustomResourceWithoutSchemaIsComparedAsWell(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon =
        TestAddon.of(
            "schemaless",
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gadgets.schemaless.example.org}
            spec:
              group: schemaless.example.org
              scope: Cluster
              names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
              versions:
                - name: v1
                  served: true
                  storage: true
                  schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            ---
            apiVersion: schemaless.example.org/v1
            kind: Gadget
            metadata: {name: schemaless}
            spec: {list: [1, {a: b}, []], empty: {}, nothing: null, text: "x"}
            """);
    host.runReady(addon);
    var mark = controlPlane.mark();

    try (PlinthServer server = host.start(addon)) {
      assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();
      assertThat(host.requestsSince(mark).writes()).isEmpty();

      gadget(client)
          .edit(
              it -> {
                it.setAdditionalProperty("spec", Map.of("text", "y"));
                return it;
              });

      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> {
                GenericKubernetesResource live = gadget(client).get();
                assertThat(live.<String>get("spec", "text")).isEqualTo("x");
                assertThat(live.<Integer>get("spec", "list", 0)).isEqualTo(1);
              });
    }
  }

  private static Resource<GenericKubernetesResource> gadget(KubernetesClient client) {
    return client
        .genericKubernetesResources("schemaless.example.org/v1", "Gadget")
        .withName("schemaless");
  }
}
