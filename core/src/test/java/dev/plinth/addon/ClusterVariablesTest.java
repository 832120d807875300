package dev.plinth.addon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.ManifestTemplate;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ClusterVariablesTest {

  private static final String TEMPLATE =
      """
      dns: "%{CLUSTER_DNS}%"
      list: "%{CLUSTER_DNS_LIST}%"
      policy: "%{CLUSTER_DNS_IPFAMILYPOLICY}%"
      domain: "%{CLUSTER_DOMAIN}%"
      image: "%{SYSTEM_DEFAULT_REGISTRY}%library/image:1"
      registry: "%{SYSTEM_DEFAULT_REGISTRY_RAW}%"
      addresses: "%{PREFERRED_ADDRESS_TYPES}%"
      """;

  @Test
  void areTheDefaultsOfK3sWhereNothingIsConfigured() {
    assertThat(render(config()))
        .isEqualTo(
            """
            dns: "10.43.0.10"
            list: ["10.43.0.10"]
            policy: "SingleStack"
            domain: "cluster.local"
            image: "library/image:1"
            registry: ""
            addresses: "InternalIP,ExternalIP,Hostname"
            """);
  }

  @Test
  void followTheConfiguration() {
    ServerConfig.Builder config =
        config()
            .clusterCidrs("10.42.0.0/16", "fd00:42::/56")
            .serviceCidrs("10.43.0.0/16", "fd00:43::/112")
            .clusterDns("10.43.0.53", "fd00:43::53")
            .clusterDomain("example.org")
            .systemDefaultRegistry("registry.example.com:5000");

    assertThat(render(config))
        .isEqualTo(
            """
            dns: "10.43.0.53"
            list: ["10.43.0.53", "fd00:43::53"]
            policy: "RequireDualStack"
            domain: "example.org"
            image: "registry.example.com:5000/library/image:1"
            registry: "registry.example.com:5000"
            addresses: "InternalIP,ExternalIP,Hostname"
            """);
  }

  @Test
  void areEnoughForATemplateThatNeedsFew() {
    ManifestTemplate template = ManifestTemplate.of("a.yaml", "domain: '%{CLUSTER_DOMAIN}%'\n");

    assertThat(template.render(ClusterVariables.of(config().build()).only(template.placeholders())))
        .isEqualTo("domain: \"cluster.local\"\n");
  }

  private static String render(ServerConfig.Builder config) {
    return ManifestTemplate.of("a.yaml", TEMPLATE).render(ClusterVariables.of(config.build()));
  }

  private static ServerConfig.Builder config() {
    return ServerConfig.builder().nodeName("node-1").dataDir(Path.of("data"));
  }
}
