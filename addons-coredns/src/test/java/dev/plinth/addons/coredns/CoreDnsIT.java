package dev.plinth.addons.coredns;

import static dev.plinth.addons.coredns.Nodes.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.addon.AddonContext;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.AuthInfoBuilder;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.NameNotFoundException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** Asks the real CoreDNS, which has its configuration and its rights from the manifest. */
class CoreDnsIT {

  @TempDir private static Path directory;

  @RegisterExtension
  private static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          it -> it.without(Component.CONTROLLER_MANAGER, Component.SCHEDULER, Component.NODES));

  private static CoreDnsProcess coreDns;

  @BeforeAll
  static void startCoreDns() throws Exception {
    KubernetesClient client = CONTROL_PLANE.client();
    client
        .resource(
            node("n1", "InternalIP=172.31.0.1", "InternalIP=fd00:31::1", "Hostname=host-of-n1"))
        .create();
    CoreDnsAddon addon = new CoreDnsAddon();
    ServerConfig config = ServerConfig.builder().dataDir(directory).nodeName("server").build();
    addon.prepare(new AddonContext(config, client, "plinth-coredns"));
    addon.manifests(config).forEach(it -> apply(client, it.content()));
    client.resource(customConfiguration()).create();
    client
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withClusterIP("10.43.7.7")
                .addNewPort()
                .withPort(80)
                .endPort()
                .endSpec()
                .build())
        .create();

    Path etc = Files.createDirectory(directory.resolve("coredns"));
    mountVolumes(client, etc);
    coreDns = CoreDnsProcess.start(etc, kubeconfigOfServiceAccount(client));
  }

  @AfterAll
  static void stopCoreDns() {
    if (coreDns != null) {
      coreDns.close();
    }
  }

  @Test
  void resolvesAService() throws Exception {
    assertThat(coreDns.ask("A", "web.default.svc.cluster.local.")).containsExactly("10.43.7.7");
    assertThat(coreDns.ask("A", "kube-dns.kube-system.svc.cluster.local."))
        .containsExactly("10.43.0.10");
  }

  @Test
  void knowsNoServiceThatIsNotThere() {
    assertThatThrownBy(() -> coreDns.ask("A", "nosuch.default.svc.cluster.local."))
        .isInstanceOf(NameNotFoundException.class);
  }

  @Test
  void resolvesANodeByNameAndHostnameInBothFamilies() throws Exception {
    for (String name : List.of("n1.", "host-of-n1.")) {
      assertThat(coreDns.ask("A", name)).containsExactly("172.31.0.1");
      assertThat(coreDns.ask("AAAA", name)).containsExactly("fd00:31::1");
    }
  }

  @Test
  void resolvesTheAddressOfANode() throws Exception {
    assertThat(coreDns.ask("PTR", "1.0.31.172.in-addr.arpa."))
        .containsExactly("host-of-n1.", "n1.");
  }

  @Test
  void resolvesTheAddressOfAService() throws Exception {
    assertThat(coreDns.ask("PTR", "7.7.43.10.in-addr.arpa."))
        .containsExactly("web.default.svc.cluster.local.");
  }

  @Test
  void obeysAnOverrideOfTheUser() throws Exception {
    assertThat(coreDns.ask("A", "override.example.org.")).containsExactly("192.0.2.10");
  }

  @Test
  void hasAServerBlockOfTheUser() throws Exception {
    assertThat(coreDns.ask("A", "www.example.net.")).containsExactly("192.0.2.20");
  }

  @Test
  void theProbesQuestionIsAnsweredAndAnotherIsNot() throws Exception {
    DnsQuery query = new DnsQuery("kubernetes.default.svc.cluster.local.", "A");
    InetSocketAddress here = new InetSocketAddress("127.0.0.1", coreDns.port());

    assertThat(query.ask(here))
        .isEqualTo(new DnsAnswer.Found(List.of(InetAddress.getByName("10.43.0.1"))));
    assertThat(new DnsQuery("nosuch.default.svc.cluster.local.", "A").ask(here))
        .isEqualTo(new DnsAnswer.Wrong("NXDOMAIN, no such name"));
  }

  /** Here nothing leads to the Service's address, and this host's address is a pod's. */
  @Test
  void theProbeAsksReadyPodsOfTheServiceInTheHostsOwnNetwork() throws Exception {
    InetAddress host = anAddressOfThisHost();
    try (FakeDnsServer broken = FakeDnsServer.answering(host, FakeDnsServer.SERVER_FAILURE)) {
      declarePod(host, broken.address().getPort(), false);
      assertThat(probe("10.42.0.0/16")).as("a pod that is not ready").isEmpty();
      assertThat(probe(host.getHostAddress() + "/16")).as("not ready either").isEmpty();
      assertThat(broken.questions()).isZero();

      declarePod(host, broken.address().getPort(), true);
      assertThat(probe("10.42.0.0/16")).as("pods in another network").isEmpty();
      assertThat(broken.questions()).isZero();
      assertThat(probe(host.getHostAddress() + "/16"))
          .get()
          .asString()
          .contains(host.getHostAddress(), "SERVFAIL");

      declarePod(host, coreDns.port(), true);
      assertThat(probe(host.getHostAddress() + "/16")).isEmpty();
      assertThat(broken.questions()).isOne();
    }
  }

  private static Optional<String> probe(String clusterCidr) throws Exception {
    ServerConfig config =
        ServerConfig.builder()
            .dataDir(directory)
            .nodeName("server")
            .clusterCidrs(clusterCidr)
            .build();
    return new CoreDnsAddon()
        .probe()
        .orElseThrow()
        .probe(new AddonContext(config, CONTROL_PLANE.client(), "plinth-coredns"));
  }

  private static InetAddress anAddressOfThisHost() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(it -> it instanceof Inet4Address && !it.isLoopbackAddress())
        .filter(it -> !it.isLinkLocalAddress())
        .findFirst()
        .orElseThrow(() -> new TestAbortedException("this host has a loopback address only"));
  }

  private static void declarePod(InetAddress host, int port, boolean ready) {
    CONTROL_PLANE
        .client()
        .resource(
            new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace("kube-system")
                .withName("kube-dns-test")
                .addToLabels("kubernetes.io/service-name", "kube-dns")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .withAddresses(host.getHostAddress())
                .withNewConditions()
                .withReady(ready)
                .endConditions()
                .endEndpoint()
                .addNewPort()
                .withName("dns")
                .withProtocol("UDP")
                .withPort(port)
                .endPort()
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private static void apply(KubernetesClient client, String manifest) {
    client
        .load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)))
        .fieldManager("plinth")
        .serverSideApply();
  }

  private static ConfigMap customConfiguration() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("kube-system")
        .withName("coredns-custom")
        .endMetadata()
        .addToData(
            "example.override",
            """
            template IN A override.example.org {
                answer "{{ .Name }} 60 IN A 192.0.2.10"
            }
            """)
        .addToData(
            "example.server",
            """
            example.net:53 {
                hosts {
                    192.0.2.20 www.example.net
                }
            }
            """)
        .build();
  }

  /** Makes the directory that the kubelet would make of the Deployment's volumes. */
  private static void mountVolumes(KubernetesClient client, Path etc) throws IOException {
    Files.createDirectory(etc.resolve("custom"));
    Map<String, Path> mounts =
        Map.of("config-volume", etc, "custom-config-volume", etc.resolve("custom"));
    List<Volume> volumes =
        client
            .apps()
            .deployments()
            .inNamespace("kube-system")
            .withName("coredns")
            .get()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getVolumes();
    assertThat(volumes).extracting(Volume::getName).containsOnlyOnceElementsOf(mounts.keySet());
    for (Volume volume : volumes) {
      mount(client, volume.getConfigMap(), mounts.get(volume.getName()));
    }
  }

  private static void mount(KubernetesClient client, ConfigMapVolumeSource source, Path mount)
      throws IOException {
    Map<String, String> data =
        client.configMaps().inNamespace("kube-system").withName(source.getName()).get().getData();
    if (source.getItems().isEmpty()) {
      for (Map.Entry<String, String> file : data.entrySet()) {
        Files.writeString(mount.resolve(file.getKey()), file.getValue());
      }
    }
    for (KeyToPath item : source.getItems()) {
      assertThat(data).as("a pod waits for every key its volume names").containsKey(item.getKey());
      Files.writeString(mount.resolve(item.getPath()), data.get(item.getKey()));
    }
  }

  /** The rights of the pod, which the manifest gives it. */
  private static Path kubeconfigOfServiceAccount(KubernetesClient client) throws IOException {
    String token =
        client
            .serviceAccounts()
            .inNamespace("kube-system")
            .withName("coredns")
            .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
            .getStatus()
            .getToken();
    Config administrator =
        Serialization.unmarshal(Files.readString(CONTROL_PLANE.kubeconfig()), Config.class);
    administrator
        .getUsers()
        .forEach(it -> it.setUser(new AuthInfoBuilder().withToken(token).build()));
    return Files.writeString(directory.resolve("kubeconfig"), Serialization.asYaml(administrator));
  }
}
