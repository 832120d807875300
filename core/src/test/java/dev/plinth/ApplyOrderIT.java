package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Request;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithControlPlane
class ApplyOrderIT {

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: gadgets.GROUP}
      spec:
        group: GROUP
        scope: Namespaced
        names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
        versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
      """;

  @TempDir Path data;

  @Test
  void everythingOfAFileComesUpInTheFirstRoundWhateverItsOrder(ControlPlane controlPlane)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon =
        TestAddon.of(
            "order",
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: order}
            webhooks:
              - name: order.example.org
                admissionReviewVersions: [v1]
                sideEffects: None
                clientConfig: {service: {name: order, namespace: order}}
                rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
                namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: order}}
            ---
            apiVersion: order.example.org/v1
            kind: Gadget
            metadata: {name: first, namespace: order}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: order, namespace: order}
            spec: {ports: [{port: 443}], selector: {app: order}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: order, namespace: order}
            ---
            %s
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: order}
            """
                .formatted(DEFINITION.replace("GROUP", "order.example.org").strip()));

    host.runReady(addon);

    List<Request> writes =
        host.requests()
            .verb("patch")
            .filter(it -> !it.group().equals("k3s.cattle.io") && !it.name().startsWith("addons."))
            .list();
    assertThat(writes).extracting(Request::code).containsOnly(201);
    assertThat(writes)
        .extracting(Request::resource)
        .containsExactly(
            "namespaces",
            "customresourcedefinitions",
            "configmaps",
            writes.get(3).resource(),
            writes.get(4).resource(),
            "validatingwebhookconfigurations");
    assertThat(writes.subList(3, 5))
        .extracting(Request::resource)
        .containsExactlyInAnyOrder("services", "gadgets");
  }

  @Test
  void aResourceOfAnUndefinedKindWaitsAndIsAppliedOnceSomebodyDefinesTheKind(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon =
        TestAddon.of(
            "waiting",
            """
            apiVersion: waiting.example.org/v1
            kind: Gadget
            metadata: {name: waiting, namespace: default}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: waiting, namespace: default}
            """);
    try (PlinthServer server = host.start(addon)) {
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> {
                AddonStatus status = server.status().addon("waiting").orElseThrow();
                assertThat(status.reason()).as(status.toString()).isEqualTo("KindNotServed");
                assertThat(status.state()).isEqualTo(AddonState.PROGRESSING);
                assertThat(status.message())
                    .contains("Gadget default/waiting", "waiting.example.org/v1", "waiting.yaml:1");
              });
      assertThat(client.configMaps().inNamespace("default").withName("waiting").get()).isNotNull();

      client
          .resource(DEFINITION.replace("GROUP", "waiting.example.org"))
          .fieldManager("somebody")
          .serverSideApply();

      AddonReport report = server.awaitReady(TestHost.PATIENCE);
      assertThat(report.ready()).as(report.toString()).isTrue();
      assertThat(
              client
                  .genericKubernetesResources("waiting.example.org/v1", "Gadget")
                  .inNamespace("default")
                  .withName("waiting")
                  .get())
          .isNotNull();
    }
  }

  @Test
  void oneInvalidObjectDoesNotStopTheOthers(ControlPlane controlPlane, KubernetesClient client)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon =
        TestAddon.of(
            "invalid",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: invalid-before, namespace: default}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: invalid, namespace: default}
            spec: {ports: [{port: 99999}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: invalid-nowhere, namespace: invalid-nowhere}
            spec: {ports: [{port: 80}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: invalid-after, namespace: default}
            spec:
              replicas: 0
              selector: {matchLabels: {app: invalid}}
              template:
                metadata: {labels: {app: invalid}}
                spec: {containers: [{name: c, image: example.org/c}]}
            """);

    AddonReport report = host.run(addon);

    AddonStatus status = report.addon("invalid").orElseThrow();
    assertThat(status.state()).as(report.toString()).isEqualTo(AddonState.FAILED);
    assertThat(status.reason()).isEqualTo("Invalid");
    assertThat(status.message())
        .contains("Service default/invalid: ", "spec.ports[0].port", "invalid.yaml:5")
        .contains("Service invalid-nowhere/invalid-nowhere: ", "there is no namespace");
    assertThat(client.configMaps().inNamespace("default").withName("invalid-before").get())
        .isNotNull();
    assertThat(client.apps().deployments().inNamespace("default").withName("invalid-after").get())
        .isNotNull();
  }
}
