package dev.plinth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Request;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Membership is that of KEP-3659, so that other tools see what Plinth sees. */
@WithControlPlane
class ApplySetIT {

  private static final String FOO_ID = "applyset-i2zakxGwhWXZbwXuap9to4iK2vHUFmc0q0NIhgsCLEc-v1";

  @TempDir Path data;

  @Test
  void theAddonIsTheParentAndItsObjectsAreMembers(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);

    host.runReady(
        TestAddon.named("membership").with("foo.yaml", configMap("default", "membership")));

    GenericKubernetesResource parent = host.addon("foo");
    assertThat(parent.getMetadata().getLabels())
        .isEqualTo(Map.of("applyset.kubernetes.io/id", FOO_ID, "plinth.dev/addon", "membership"));
    assertThat(parent.getMetadata().getAnnotations())
        .containsEntry("applyset.kubernetes.io/contains-group-kinds", "ConfigMap")
        .containsEntry("applyset.kubernetes.io/additional-namespaces", "default")
        .containsEntry("addon.k3s.cattle.io/gvks", "/v1, Kind=ConfigMap")
        .hasEntrySatisfying(
            "applyset.kubernetes.io/tooling", it -> assertThat(it).startsWith("plinth/"));
    ConfigMap member = client.configMaps().inNamespace("default").withName("membership").get();
    assertThat(member.getMetadata().getLabels())
        .isEqualTo(
            Map.of("applyset.kubernetes.io/part-of", FOO_ID, "plinth.dev/addon", "membership"));
    assertThat(member.getMetadata().getAnnotations()).containsOnlyKeys("plinth.dev/applied");
    assertThat(
            client
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("addons.k3s.cattle.io")
                .get()
                .getMetadata()
                .getLabels())
        .containsEntry("applyset.kubernetes.io/is-parent-type", "true");
  }

  @Test
  void theParentIsWidenedBeforeTheFirstObjectOfAKindOrNamespaceAndNarrowedAfterAPrune(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    createNamespace(client, "widening");
    host.runReady(TestAddon.of("widening", configMap("default", "widening")));
    var mark = controlPlane.mark();

    host.runReady(TestAddon.of("widening", serviceAccount("widening", "widening")));

    List<Request> writes = host.requestsSince(mark).writes().list();
    assertThat(writes)
        .filteredOn(it -> !it.resource().equals("events"))
        .extracting(it -> it.verb() + " " + it.qualifiedResource())
        .startsWith(
            "patch addons.k3s.cattle.io",
            "patch serviceaccounts",
            "delete configmaps",
            "patch addons.k3s.cattle.io");
    assertThat(host.addon("widening").getMetadata().getAnnotations())
        .containsEntry("applyset.kubernetes.io/contains-group-kinds", "ServiceAccount")
        .containsEntry("applyset.kubernetes.io/additional-namespaces", "widening");
  }

  @Test
  void theParentStaysWideAsLongAsTheApplyIsNotComplete(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    createNamespace(client, "wide");
    host.runReady(TestAddon.of("wide", configMap("default", "wide")));

    AddonReport report =
        host.run(
            TestAddon.of(
                "wide",
                """
                apiVersion: v1
                kind: Service
                metadata: {name: wide, namespace: wide}
                spec: {ports: [{port: 99999}]}
                """));

    assertThat(report.addon("wide").orElseThrow().state()).isEqualTo(AddonState.FAILED);
    assertThat(host.addon("wide").getMetadata().getAnnotations())
        .containsEntry("applyset.kubernetes.io/contains-group-kinds", "ConfigMap,Service")
        .containsEntry("applyset.kubernetes.io/additional-namespaces", "default,wide");
    assertThat(client.configMaps().inNamespace("default").withName("wide").get()).isNotNull();
  }

  @Test
  void kubectlKnowsTheSetAsOneOfAnotherTool(ControlPlane controlPlane) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    host.runReady(TestAddon.of("tooling", configMap("default", "tooling")));

    assertThat(kubectlApply(controlPlane, "tooling", configMap("default", "tooling")))
        .contains("already exists and is managed by tooling \"plinth\"");
  }

  @Test
  void kubectlPrunesTheSetCorrectlyWhenItIsHandedOver(
      ControlPlane controlPlane, KubernetesClient client) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    String kept = configMap("kube-system", "handed-over");
    host.runReady(
        TestAddon.of(
            "handed-over",
            kept
                + "---\n"
                + serviceAccount("kube-system", "handed-over")
                + "---\n"
                + configMap("default", "handed-over")));
    client
        .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
        .inNamespace("kube-system")
        .withName("handed-over")
        .edit(
            it -> {
              it.getMetadata()
                  .getAnnotations()
                  .put("applyset.kubernetes.io/tooling", "kubectl/v1.35.4");
              return it;
            });

    assertThat(kubectlApply(controlPlane, "handed-over", kept))
        .contains("configmap/handed-over serverside-applied")
        .contains("serviceaccount/handed-over pruned")
        .contains("configmap/handed-over pruned");
    assertThat(client.configMaps().inNamespace("kube-system").withName("handed-over").get())
        .isNotNull();
    assertThat(client.configMaps().inNamespace("default").withName("handed-over").get()).isNull();
  }

  private String kubectlApply(ControlPlane controlPlane, String set, String yaml)
      throws IOException, InterruptedException {
    Path manifest = Files.writeString(data.resolve("kubectl.yaml"), yaml);
    ProcessBuilder kubectl =
        new ProcessBuilder(
                controlPlane.kubectl().toString(),
                "apply",
                "--kubeconfig=" + controlPlane.kubeconfig(),
                "--server-side",
                "--force-conflicts",
                "--prune",
                "--namespace=kube-system",
                "--applyset=addons.k3s.cattle.io/" + set,
                "--filename=" + manifest)
            .redirectErrorStream(true);
    kubectl.environment().put("KUBECTL_APPLYSET", "true");
    Process process = kubectl.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return output;
  }

  private static void createNamespace(KubernetesClient client, String name) {
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  private static String configMap(String namespace, String name) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: %s}}%n"
        .formatted(name, namespace);
  }

  private static String serviceAccount(String namespace, String name) {
    return "{apiVersion: v1, kind: ServiceAccount, metadata: {name: %s, namespace: %s}}%n"
        .formatted(name, namespace);
  }
}
