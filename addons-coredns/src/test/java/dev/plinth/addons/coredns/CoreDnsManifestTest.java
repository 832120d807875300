package dev.plinth.addons.coredns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestParser;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifest against what users of K3s find in their clusters. */
class CoreDnsManifestTest {

  /** Reads numbers as the manifest parser does. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_LONG_FOR_INTS).build();

  private static final String DEPLOYMENT = "Deployment kube-system/coredns";
  private static final String SERVICE = "Service kube-system/kube-dns";

  @Test
  void isOneFileWithTheAddonsName() {
    assertThat(new CoreDnsAddon().manifests(config().build()))
        .extracting(PackagedManifest::file)
        .containsExactly("coredns.yaml");
  }

  @Test
  void isFoundOnTheClassPath() {
    assertThat(AddonCatalog.discover()).extracting(Addon::name).containsExactly("coredns");
  }

  @Test
  void declaresTheObjectsOfK3s() {
    assertThat(documents(config()))
        .extracting(it -> it.reference().apiVersion() + " " + it.reference())
        .containsExactly(
            "v1 ServiceAccount kube-system/coredns",
            "rbac.authorization.k8s.io/v1 ClusterRole system:coredns",
            "rbac.authorization.k8s.io/v1 ClusterRoleBinding system:coredns",
            "v1 ConfigMap kube-system/coredns",
            "apps/v1 " + DEPLOYMENT,
            "v1 " + SERVICE);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ClusterRole system:coredns | /metadata/labels | {"kubernetes.io/bootstrapping":"rbac-defaults"}
          ClusterRole system:coredns | /rules | [{"apiGroups":[""],"resources":["endpoints","services","pods","namespaces"],"verbs":["list","watch"]},{"apiGroups":["discovery.k8s.io"],"resources":["endpointslices"],"verbs":["list","watch"]}]
          ClusterRoleBinding system:coredns | /metadata/labels | {"kubernetes.io/bootstrapping":"rbac-defaults"}
          ClusterRoleBinding system:coredns | /metadata/annotations | {"rbac.authorization.kubernetes.io/autoupdate":"true"}
          ClusterRoleBinding system:coredns | /roleRef | {"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:coredns"}
          ClusterRoleBinding system:coredns | /subjects | [{"kind":"ServiceAccount","name":"coredns","namespace":"kube-system"}]
          Deployment kube-system/coredns | /metadata/labels | {"k8s-app":"kube-dns","kubernetes.io/name":"CoreDNS"}
          Deployment kube-system/coredns | /spec/revisionHistoryLimit | 0
          Deployment kube-system/coredns | /spec/strategy | {"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":1}}
          Deployment kube-system/coredns | /spec/selector | {"matchLabels":{"k8s-app":"kube-dns"}}
          Deployment kube-system/coredns | /spec/template/metadata/labels | {"k8s-app":"kube-dns"}
          Deployment kube-system/coredns | /spec/template/spec/priorityClassName | "system-cluster-critical"
          Deployment kube-system/coredns | /spec/template/spec/serviceAccountName | "coredns"
          Deployment kube-system/coredns | /spec/template/spec/dnsPolicy | "Default"
          Deployment kube-system/coredns | /spec/template/spec/nodeSelector | {"kubernetes.io/os":"linux"}
          Deployment kube-system/coredns | /spec/template/spec/tolerations | [{"key":"CriticalAddonsOnly","operator":"Exists"},{"key":"node-role.kubernetes.io/control-plane","operator":"Exists","effect":"NoSchedule"}]
          Deployment kube-system/coredns | /spec/template/spec/topologySpreadConstraints/0 | {"topologyKey":"kubernetes.io/hostname","maxSkew":1,"whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"k8s-app":"kube-dns"}}}
          Deployment kube-system/coredns | /spec/template/spec/topologySpreadConstraints/1 | {"topologyKey":"topology.kubernetes.io/zone","maxSkew":1,"whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"k8s-app":"kube-dns"}}}
          Deployment kube-system/coredns | /spec/template/spec/containers/0/image | "rancher/mirrored-coredns-coredns:1.14.6"
          Deployment kube-system/coredns | /spec/template/spec/containers/0/imagePullPolicy | "IfNotPresent"
          Deployment kube-system/coredns | /spec/template/spec/containers/0/args | ["-conf","/etc/coredns/Corefile"]
          Deployment kube-system/coredns | /spec/template/spec/containers/0/resources | {"requests":{"cpu":"100m","memory":"70Mi"},"limits":{"memory":"170Mi"}}
          Deployment kube-system/coredns | /spec/template/spec/containers/0/ports | [{"name":"dns","containerPort":53,"protocol":"UDP"},{"name":"dns-tcp","containerPort":53,"protocol":"TCP"},{"name":"metrics","containerPort":9153,"protocol":"TCP"}]
          Deployment kube-system/coredns | /spec/template/spec/containers/0/livenessProbe | {"httpGet":{"path":"/health","port":8080,"scheme":"HTTP"},"initialDelaySeconds":60,"periodSeconds":10,"timeoutSeconds":1,"successThreshold":1,"failureThreshold":3}
          Deployment kube-system/coredns | /spec/template/spec/containers/0/readinessProbe | {"httpGet":{"path":"/ready","port":8181,"scheme":"HTTP"},"initialDelaySeconds":0,"periodSeconds":2,"timeoutSeconds":1,"successThreshold":1,"failureThreshold":3}
          Deployment kube-system/coredns | /spec/template/spec/containers/0/securityContext | {"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"add":["NET_BIND_SERVICE"],"drop":["all"]}}
          Deployment kube-system/coredns | /spec/template/spec/containers/0/volumeMounts | [{"name":"config-volume","mountPath":"/etc/coredns","readOnly":true},{"name":"custom-config-volume","mountPath":"/etc/coredns/custom","readOnly":true}]
          Deployment kube-system/coredns | /spec/template/spec/volumes/0 | {"name":"config-volume","configMap":{"name":"coredns","items":[{"key":"Corefile","path":"Corefile"},{"key":"NodeHosts","path":"NodeHosts"}]}}
          Deployment kube-system/coredns | /spec/template/spec/volumes/1 | {"name":"custom-config-volume","configMap":{"name":"coredns-custom","optional":true}}
          Service kube-system/kube-dns | /metadata/labels | {"k8s-app":"kube-dns","kubernetes.io/cluster-service":"true","kubernetes.io/name":"CoreDNS"}
          Service kube-system/kube-dns | /metadata/annotations | {"prometheus.io/port":"9153","prometheus.io/scrape":"true"}
          Service kube-system/kube-dns | /spec/selector | {"k8s-app":"kube-dns"}
          Service kube-system/kube-dns | /spec/ports | [{"name":"dns","port":53,"protocol":"UDP"},{"name":"dns-tcp","port":53,"protocol":"TCP"},{"name":"metrics","port":9153,"protocol":"TCP"}]
          Service kube-system/kube-dns | /spec/clusterIP | "10.43.0.10"
          Service kube-system/kube-dns | /spec/clusterIPs | ["10.43.0.10"]
          Service kube-system/kube-dns | /spec/ipFamilyPolicy | "SingleStack"
          """)
  void hasTheFieldsOfK3s(String object, String field, String json) throws Exception {
    assertThat(object(config(), object).at(field)).isEqualTo(JSON.readTree(json));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Deployment kube-system/coredns | /spec/replicas
          Deployment kube-system/coredns | /spec/template/spec/containers/0/resources/limits/cpu
          Deployment kube-system/coredns | /spec/template/spec/containers/1
          Service kube-system/kube-dns | /spec/ipFamilies
          ConfigMap kube-system/coredns | /data/NodeHosts
          """)
  void leavesToOthersWhatIsTheirs(String object, String field) {
    assertThat(object(config(), object).at(field).isMissingNode()).isTrue();
  }

  @Test
  void hasThePluginsInTheOrderOfK3s() {
    assertThat(corefile(config()).lines().filter(it -> it.matches("\\S.*| {4}[^ }].*")))
        .containsExactly(
            ".:53 {",
            "    errors",
            "    health",
            "    ready",
            "    kubernetes cluster.local in-addr.arpa ip6.arpa {",
            "    hosts /etc/coredns/NodeHosts {",
            "    prometheus :9153",
            "    cache 30",
            "    loop",
            "    reload",
            "    loadbalance",
            "    import /etc/coredns/custom/*.override",
            "    forward . /etc/resolv.conf",
            "}",
            "import /etc/coredns/custom/*.server");
    assertThat(
            corefile(config()).lines().filter(it -> it.startsWith("        ")).map(String::strip))
        .containsExactly(
            "pods insecure",
            "fallthrough in-addr.arpa ip6.arpa",
            "ttl 60",
            "reload 15s",
            "fallthrough");
  }

  @Test
  void servesTheConfiguredDomain() {
    assertThat(corefile(config().clusterDomain("k8s.example.org")))
        .contains("kubernetes k8s.example.org in-addr.arpa ip6.arpa {");
  }

  @Test
  void takesTheImageFromTheConfiguredRegistry() {
    assertThat(
            object(config().systemDefaultRegistry("registry.example.org:5000/mirror"), DEPLOYMENT)
                .at("/spec/template/spec/containers/0/image")
                .textValue())
        .isEqualTo("registry.example.org:5000/mirror/rancher/mirrored-coredns-coredns:1.14.6");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          10.43.0.0/16               | "10.43.0.10"   | ["10.43.0.10"]                | "SingleStack"
          fd00:43::/112              | "fd00:43::a"   | ["fd00:43::a"]                | "SingleStack"
          10.43.0.0/16,fd00:43::/112 | "10.43.0.10"   | ["10.43.0.10","fd00:43::a"]   | "RequireDualStack"
          fd00:43::/112,10.43.0.0/16 | "fd00:43::a"   | ["fd00:43::a","10.43.0.10"]   | "RequireDualStack"
          """)
  void hasTheClustersAddressesOfEitherOrBothFamilies(
      String serviceCidrs, String address, String addresses, String policy) throws Exception {
    JsonNode spec = object(config().serviceCidrs(serviceCidrs.split(",")), SERVICE).at("/spec");

    assertThat(spec.path("clusterIP")).isEqualTo(JSON.readTree(address));
    assertThat(spec.path("clusterIPs")).isEqualTo(JSON.readTree(addresses));
    assertThat(spec.path("ipFamilyPolicy")).isEqualTo(JSON.readTree(policy));
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "0x1f", "1e3", "[fd00::1]:5000"})
  void takesARegistryThatYamlWouldReadAsSomethingElseForText(String registry) {
    assertThat(
            object(config().systemDefaultRegistry(registry), DEPLOYMENT)
                .at("/spec/template/spec/containers/0/image")
                .textValue())
        .isEqualTo(registry + "/rancher/mirrored-coredns-coredns:1.14.6");
  }

  private static ServerConfig.Builder config() {
    return ServerConfig.builder().dataDir(Path.of("unused")).nodeName("server");
  }

  private static String corefile(ServerConfig.Builder config) {
    return object(config, "ConfigMap kube-system/coredns").at("/data/Corefile").textValue();
  }

  private static JsonNode object(ServerConfig.Builder config, String reference) {
    return find(documents(config), reference);
  }

  private static JsonNode find(List<ManifestDocument> documents, String reference) {
    return documents.stream()
        .filter(it -> it.reference().toString().equals(reference))
        .map(ManifestDocument::content)
        .findFirst()
        .orElseThrow();
  }

  private static List<ManifestDocument> documents(ServerConfig.Builder config) {
    PackagedManifest manifest = new CoreDnsAddon().manifests(config.build()).get(0);
    return new ManifestParser().parse(manifest.file(), manifest.content());
  }
}
