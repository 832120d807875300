package dev.plinth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.hash.Hashing;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there before Plinth, and is not known to be Plinth's, is not seized. */
@WithControlPlane(nodes = 1)
class FirstContactIT {

  /** What kubeadm leaves, but for names that no other test has. */
  private static final String KUBEADM_DNS =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: adm-coredns, namespace: kube-system}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: adm-coredns, namespace: kube-system}
      data: {Corefile: ".:53 {}"}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: adm-coredns, namespace: kube-system, labels: {k8s-app: adm-kube-dns}}
      spec:
        replicas: 2
        selector: {matchLabels: {k8s-app: adm-kube-dns}}
        template:
          metadata: {labels: {k8s-app: adm-kube-dns}}
          spec:
            serviceAccountName: adm-coredns
            containers: [{name: coredns, image: "registry.k8s.io/coredns/coredns:v1.12"}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: adm-kube-dns, namespace: kube-system}
      spec: {selector: {k8s-app: adm-kube-dns}, ports: [{name: dns, port: 53, protocol: UDP}]}
      """;

  @TempDir Path data;

  @Test
  void theCoreDnsOfKubeadmIsUntouchedUntilEachObjectIsHandedOver(ControlPlane controlPlane)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon dns =
        TestAddon.of("adm-dns", KUBEADM_DNS.replace("registry.k8s.io/coredns", "rancher/mirrored"));
    try (KubernetesClient kubeadm = clientCalled("kubeadm", controlPlane);
        KubernetesClient kubectl = clientCalled("kubectl", controlPlane)) {
      List<HasMetadata> theirs = load(kubeadm, KUBEADM_DNS);
      theirs.forEach(it -> kubeadm.resource(it).create());
      kubectl
          .configMaps()
          .inNamespace("kube-system")
          .withName("adm-coredns")
          .edit(
              it -> {
                it.getData().put("Corefile", ".:53 { forward . 1.1.1.1 }");
                return it;
              });
      try (PlinthServer server = host.start(dns)) {
        AddonReport report = server.awaitReady(TestHost.PATIENCE);

        AddonStatus status = report.addon("adm-dns").orElseThrow();
        assertThat(status.state()).as(report.toString()).isEqualTo(AddonState.FAILED);
        assertThat(status.reason()).isEqualTo("ForeignObject");
        assertThat(status.message())
            .contains("ServiceAccount kube-system/adm-coredns: it exists and is managed by ")
            .contains(
                "ConfigMap kube-system/adm-coredns: it exists and is managed by kubeadm, kubectl")
            .contains("kubectl annotate services adm-kube-dns -n kube-system plinth.dev/adopt=true")
            .contains("--disable adm-dns");
        assertThat(
                host.requests()
                    .writes()
                    .filter(it -> Set.of("adm-coredns", "adm-kube-dns").contains(it.name())))
            .isEmpty();
        assertThat(host.eventReasons("adm-dns")).containsExactly("ApplyManifestFailed");

        theirs.forEach(it -> handOver(kubectl, it));

        await()
            .atMost(TestHost.PATIENCE)
            .untilAsserted(
                () -> assertThat(server.status().ready()).as(server.status().toString()).isTrue());
      }
      assertThat(
              kubectl
                  .apps()
                  .deployments()
                  .inNamespace("kube-system")
                  .withName("adm-coredns")
                  .get()
                  .getSpec()
                  .getTemplate()
                  .getSpec()
                  .getContainers()
                  .get(0)
                  .getImage())
          .startsWith("rancher/");
    }
    var mark = controlPlane.mark();
    host.runReady(dns);
    assertThat(host.requestsSince(mark).writes()).isEmpty();
  }

  @Test
  void anObjectOfAnotherAddonIsRefusedNamingBoth(ControlPlane controlPlane)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon first = TestAddon.of("owner-one", configMap("owned-once"));
    host.runReady(first);

    AddonReport report = host.run(first, TestAddon.of("owner-two", configMap("owned-once")));

    assertThat(report.addon("owner-one").orElseThrow().state()).isEqualTo(AddonState.READY);
    AddonStatus status = report.addon("owner-two").orElseThrow();
    assertThat(status.reason()).isEqualTo("OwnedByAnother");
    assertThat(status.state()).isEqualTo(AddonState.FAILED);
    assertThat(status.toString())
        .contains(
            "ConfigMap default/owned-once: declared at ",
            "owner-one.yaml:1 and by ",
            "owner-two.yaml:1; ",
            "owner-one.yaml keeps it");
  }

  @Test
  void anObjectThatTwoAddonsDeclareFromTheBeginningGoesToOneOfThem(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    try (PlinthServer server =
        host.start(
            TestAddon.of("rival-one", configMap("contested")),
            TestAddon.of("rival-two", configMap("contested")))) {
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(server.status().addons())
                      .as(server.status().toString())
                      .extracting(AddonStatus::reason)
                      .containsExactlyInAnyOrder("Ready", "OwnedByAnother"));
    }
    var mark = controlPlane.mark();
    host.run(
        TestAddon.of("rival-one", configMap("contested")),
        TestAddon.of("rival-two", configMap("contested")));
    assertThat(host.requestsSince(mark).writes().resource("configmaps")).isEmpty();
  }

  @Test
  void objectsOfTheSameAddonOfK3sAreAdopted(ControlPlane controlPlane, KubernetesClient client)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    try (KubernetesClient k3s = clientCalled("deploy@n1", controlPlane)) {
      k3s.resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName("from-k3s")
                  .withNamespace("default")
                  .withLabels(Map.of("objectset.rio.cattle.io/hash", k3sHash("from-k3s")))
                  .endMetadata()
                  .withData(Map.of("key", "old"))
                  .build())
          .create();
    }
    String uid = uid(client, "from-k3s");

    host.runReady(TestAddon.of("from-k3s", configMap("from-k3s") + "data: {key: new}\n"));

    assertThat(uid(client, "from-k3s")).isEqualTo(uid);
    assertThat(client.configMaps().inNamespace("default").withName("from-k3s").get().getData())
        .isEqualTo(Map.of("key", "new"));
  }

  @Test
  void anObjectThatHasLostItsLabelIsStillOurs(ControlPlane controlPlane, KubernetesClient client)
      throws InterruptedException {
    TestHost host = TestHost.of(controlPlane, data);
    try (PlinthServer server = host.start(TestAddon.of("unlabelled", configMap("unlabelled")))) {
      server.awaitReady(TestHost.PATIENCE);

      client
          .configMaps()
          .inNamespace("default")
          .withName("unlabelled")
          .edit(
              it -> {
                it.getMetadata().getLabels().clear();
                it.getMetadata().getAnnotations().put("example.org/note", "mine");
                return it;
              });

      await()
          .atMost(TestHost.PATIENCE)
          .until(
              () ->
                  client
                      .configMaps()
                      .inNamespace("default")
                      .withName("unlabelled")
                      .get()
                      .getMetadata()
                      .getLabels()
                      .containsKey("applyset.kubernetes.io/part-of"));
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> assertThat(server.status().ready()).as(server.status().toString()).isTrue());
    }
  }

  private static String uid(KubernetesClient client, String configMap) {
    return client
        .configMaps()
        .inNamespace("default")
        .withName(configMap)
        .get()
        .getMetadata()
        .getUid();
  }

  /** A client whose writes have this field manager, as the server takes it from the user agent. */
  private static KubernetesClient clientCalled(String manager, ControlPlane controlPlane) {
    Config config = controlPlane.clientConfig();
    config.setUserAgent(manager);
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static List<HasMetadata> load(KubernetesClient client, String yaml) {
    return client.load(new ByteArrayInputStream(yaml.getBytes(UTF_8))).items().stream()
        .map(HasMetadata.class::cast)
        .collect(Collectors.toList());
  }

  private static void handOver(KubernetesClient client, HasMetadata object) {
    client
        .resource(object)
        .edit(
            it -> {
              Map<String, String> annotations =
                  new HashMap<>(
                      it.getMetadata().getAnnotations() == null
                          ? Map.of()
                          : it.getMetadata().getAnnotations());
              annotations.put("plinth.dev/adopt", "true");
              it.getMetadata().setAnnotations(annotations);
              return it;
            });
  }

  /** K3s: SHA-1 over the kind, name and namespace of the owner. */
  @SuppressWarnings("deprecation")
  private static String k3sHash(String addon) {
    return Hashing.sha1()
        .hashString("k3s.cattle.io/v1, Kind=Addon" + addon + "kube-system", UTF_8)
        .toString();
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
