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
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.naming.NameNotFoundException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

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
