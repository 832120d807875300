package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Request;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithControlPlane
class PruneIT {

  @TempDir Path data;

  @Test
  void whatANewVersionDoesNotDeclareIsDeletedByItsUid(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    host.runReady(TestAddon.of("pruned", configMap("pruned-a") + configMap("pruned-b")));
    // Looks like a member to whoever goes by the label alone.
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("pruned-foreign")
                .withNamespace("default")
                .withLabels(
                    client
                        .configMaps()
                        .inNamespace("default")
                        .withName("pruned-a")
                        .get()
                        .getMetadata()
                        .getLabels())
                .endMetadata()
                .build())
        .create();
    var mark = controlPlane.mark();

    AddonReport report = host.runReady(TestAddon.of("pruned", configMap("pruned-a")));

    assertThat(report.addon("pruned").orElseThrow().objects()).isEqualTo(1);
    assertThat(host.requestsSince(mark).writes().verb("delete").list())
        .extracting(Request::name)
        .containsExactly("pruned-b");
    assertThat(client.configMaps().inNamespace("default").withName("pruned-foreign").get())
        .isNotNull();
  }

  @Test
  void nothingIsPrunedWhileAnObjectFails(ControlPlane controlPlane, KubernetesClient client)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    String bad =
        "---\n"
            + "{apiVersion: v1, kind: Service, metadata: {name: unpruned, namespace: default},"
            + " spec: {ports: [{port: %d}]}}\n";
    host.runReady(TestAddon.of("unpruned", configMap("unpruned-a") + configMap("unpruned-b")));

    AddonReport failed =
        host.run(TestAddon.of("unpruned", configMap("unpruned-a") + bad.formatted(99999)));

    assertThat(failed.addon("unpruned").orElseThrow().state()).isEqualTo(AddonState.FAILED);
    assertThat(client.configMaps().inNamespace("default").withName("unpruned-b").get()).isNotNull();

    host.runReady(TestAddon.of("unpruned", configMap("unpruned-a") + bad.formatted(80)));

    assertThat(client.configMaps().inNamespace("default").withName("unpruned-b").get()).isNull();
  }

  @Test
  void anObjectThatIsLabelledNotToBePrunedStays(ControlPlane controlPlane, KubernetesClient client)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    host.runReady(TestAddon.of("exempt", configMap("exempt-a") + configMap("exempt-b")));
    client
        .configMaps()
        .inNamespace("default")
        .withName("exempt-b")
        .edit(
            it -> {
              it.getMetadata().getLabels().put("objectset.rio.cattle.io/prune", "false");
              return it;
            });

    AddonReport report = host.runReady(TestAddon.of("exempt", configMap("exempt-a")));

    assertThat(report.addon("exempt").orElseThrow().message())
        .contains("ConfigMap default/exempt-b", "objectset.rio.cattle.io/prune=false");
    assertThat(client.configMaps().inNamespace("default").withName("exempt-b").get()).isNotNull();
  }

  @Test
  void objectsOfProtectedKindsStayAndAreNamedUntilSomebodyConsents(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon before =
        TestAddon.of("guarded", configMap("guarded") + protectedObjects("guarded", ""));
    TestAddon after = TestAddon.of("guarded", configMap("guarded"));
    host.runReady(before);

    AddonReport kept = host.runReady(after);

    assertThat(kept.addon("guarded").orElseThrow().message())
        .contains(
            "Namespace guarded: left",
            "kubectl annotate namespaces guarded plinth.dev/delete=allow",
            "PersistentVolumeClaim default/guarded: left",
            "CustomResourceDefinition gadgets.guarded.example.org: left");

    var mark = controlPlane.mark();
    host.runReady(after);
    assertThat(host.requestsSince(mark).writes()).as("an unchanged restart").isEmpty();

    client
        .namespaces()
        .withName("guarded")
        .edit(
            it -> {
              it.getMetadata().getAnnotations().put("plinth.dev/delete", "allow");
              return it;
            });
    host.runReady(after);
    assertThat(client.namespaces().withName("guarded").get()).isNull();
    assertThat(protectedObjectsLeft(client, "guarded"))
        .isEqualTo(Map.of("namespace", false, "claim", true, "definition", true));

    host.run(host.config().deleteProtected("guarded").build(), after);
    assertThat(protectedObjectsLeft(client, "guarded"))
        .isEqualTo(Map.of("namespace", false, "claim", false, "definition", false));
  }

  @Test
  void aManifestCanConsentToTheDeletionOfItsProtectedObjects(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    host.runReady(
        TestAddon.of(
            "consenting",
            configMap("consenting")
                + protectedObjects("consenting", ", annotations: {plinth.dev/delete: allow}")));

    host.runReady(TestAddon.of("consenting", configMap("consenting")));

    assertThat(protectedObjectsLeft(client, "consenting"))
        .isEqualTo(Map.of("namespace", false, "claim", false, "definition", false));
  }

  @Test
  void endpointSlicesThatCopyTheLabelsOfTheirServiceAreNoMembers(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    String service =
        "---\n"
            + "{apiVersion: v1, kind: Service, metadata: {name: sliced, namespace: default}, spec:"
            + " {selector: {app: sliced}, ports: [{port: 80}]}}\n";
    String slice =
        "---\n"
            + "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: sliced-own,"
            + " namespace: default}, addressType: IPv4, endpoints: []}\n";
    host.runReady(TestAddon.of("sliced", service + slice));
    await()
        .atMost(TestHost.PATIENCE)
        .until(
            () ->
                client
                        .discovery()
                        .v1()
                        .endpointSlices()
                        .inNamespace("default")
                        .withLabel("plinth.dev/addon", "sliced")
                        .list()
                        .getItems()
                        .size()
                    == 2);
    var mark = controlPlane.mark();

    AddonReport report = host.runReady(TestAddon.of("sliced", service + slice));
    assertThat(report.addon("sliced").orElseThrow().objects()).isEqualTo(2);
    host.runReady(TestAddon.of("sliced", service));

    assertThat(host.requestsSince(mark).writes().verb("delete").list())
        .extracting(Request::name)
        .containsExactly("sliced-own");
  }

  private static Map<String, Boolean> protectedObjectsLeft(KubernetesClient client, String name) {
    return Map.of(
        "namespace",
        client.namespaces().withName(name).get() != null,
        "claim",
        client.persistentVolumeClaims().inNamespace("default").withName(name).get() != null,
        "definition",
        client
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("gadgets." + name + ".example.org")
                .get()
            != null);
  }

  /** A Namespace, a bound PersistentVolumeClaim with its volume, and a CustomResourceDefinition. */
  private static String protectedObjects(String name, String metadata) {
    return """
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: NAME METADATA}
    ---
    apiVersion: v1
    kind: PersistentVolume
    metadata: {name: NAME, labels: {objectset.rio.cattle.io/prune: "false"}}
    spec:
      capacity: {storage: 1Mi}
      accessModes: [ReadWriteOnce]
      storageClassName: NAME
      persistentVolumeReclaimPolicy: Retain
      hostPath: {path: /tmp/NAME}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: NAME, namespace: default METADATA}
    spec: {accessModes: [ReadWriteOnce], storageClassName: NAME, resources: {requests: {storage: 1Mi}}}
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: gadgets.NAME.example.org METADATA}
    spec:
      group: NAME.example.org
      scope: Namespaced
      names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
      versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
    """
        .replace("NAME", name)
        .replace(" METADATA", metadata);
  }

  private static String configMap(String name) {
    return "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default}}\n"
        .formatted(name);
  }
}
