package dev.plinth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the server itself decides in the answer to an apply is not fought. */
class AdmissionIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder ->
              builder
                  .without(Component.SCHEDULER)
                  .flags(
                      Component.API_SERVER,
                      "--feature-gates=MutatingAdmissionPolicy=true",
                      "--runtime-config=admissionregistration.k8s.io/v1beta1=true"));

  /** Overwrites a declared field, takes a declared one away, and adds one. */
  private static final String POLICY =
      """
      apiVersion: admissionregistration.k8s.io/v1beta1
      kind: MutatingAdmissionPolicy
      metadata: {name: decided}
      spec:
        failurePolicy: Fail
        reinvocationPolicy: Never
        matchConstraints:
          resourceRules:
            - apiGroups: [""]
              apiVersions: [v1]
              operations: [CREATE, UPDATE]
              resources: [configmaps]
        matchConditions:
          - name: decided
            expression: "object.metadata.name.startsWith('decided')"
        mutations:
          - patchType: JSONPatch
            jsonPatch:
              expression: >-
                [JSONPatch{op: "add", path: "/data/overwritten", value: "by policy"},
                 JSONPatch{op: "add", path: "/data/added", value: "by policy"},
                 JSONPatch{op: "remove", path: "/data/removed"}]
      ---
      apiVersion: admissionregistration.k8s.io/v1beta1
      kind: MutatingAdmissionPolicyBinding
      metadata: {name: decided}
      spec: {policyName: decided}
      """;

  private static final Map<String, String> DECIDED =
      Map.of("overwritten", "by policy", "added", "by policy", "kept", "a");

  @TempDir Path data;

  @BeforeAll
  static void decide() {
    KubernetesClient client = CONTROL_PLANE.client();
    client
        .load(new ByteArrayInputStream(POLICY.getBytes(UTF_8)))
        .items()
        .forEach(it -> client.resource(it).create());
    // The server takes a moment to know its own policies.
    await()
        .atMost(TestHost.PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                client
                    .resource(
                        new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("decided-probe")
                            .withNamespace("default")
                            .endMetadata()
                            .withData(Map.of("removed", "b"))
                            .build())
                    .dryRun()
                    .create()
                    .getData()
                    .containsKey("added"));
  }

  @Test
  void whatAdmissionDecidesCausesNoEndlessWritesAndNoneAtARestart() throws InterruptedException {
    ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon = addon("a");
    host.runReady(addon);
    assertThat(live().getData()).isEqualTo(DECIDED);
    assertThat(host.requests().writes().resource("configmaps").count()).isLessThanOrEqualTo(2);
    Mark mark = controlPlane.mark();

    host.runReady(addon);

    assertThat(host.requestsSince(mark).writes()).isEmpty();
  }

  @Test
  void aChangeByAPersonIsSetBackThoughAdmissionDecidesOtherFields() throws InterruptedException {
    TestHost host = TestHost.of(CONTROL_PLANE.controlPlane(), data);
    try (PlinthServer server = host.start(addon("a"))) {
      server.awaitReady(TestHost.PATIENCE);

      CONTROL_PLANE
          .client()
          .configMaps()
          .inNamespace("default")
          .withName("decided")
          .edit(
              it -> {
                it.getData().putAll(Map.of("kept", "changed", "removed", "b"));
                return it;
              });

      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(() -> assertThat(live().getData()).isEqualTo(DECIDED));
      // What admission decided from the start is not laid at his door.
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(host.events("decided"))
                      .filteredOn(it -> it.getReason().equals("DriftRepaired"))
                      .singleElement()
                      .satisfies(
                          it ->
                              assertThat(it.getMessage())
                                  .contains("data.kept, data.removed by fabric8-kubernetes-client")
                                  .doesNotContain("data.overwritten")));
    }
  }

  private static TestAddon addon(String kept) {
    return TestAddon.of(
        "decided",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: decided, namespace: default}
        data: {overwritten: declared, removed: declared, kept: %s}
        """
            .formatted(kept));
  }

  private static ConfigMap live() {
    return CONTROL_PLANE.client().configMaps().inNamespace("default").withName("decided").get();
  }
}
