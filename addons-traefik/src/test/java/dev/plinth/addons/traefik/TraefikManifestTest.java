package dev.plinth.addons.traefik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.ServerConfig;
import dev.plinth.helm.model.HelmChart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file traefik.yaml. */
class TraefikManifestTest {

  @TempDir Path dataDir;

  @Test
  void is_one_file_with_the_addons_name() {
    assertThat(new TraefikAddon().manifests(config().build()))
        .extracting(PackagedManifest::file, PackagedManifest::addonResourceName)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("traefik.yaml", "traefik"));
  }

  @Test
  void the_addon_is_found_on_the_class_path_and_needs_the_helm_controller() {
    Addon addon = AddonCatalog.discover().find("traefik").orElseThrow();

    assertThat(addon).isInstanceOf(TraefikAddon.class);
    assertThat(addon.requires()).isEqualTo(Set.of("helm.cattle.io/v1"));
  }

  @Test
  void is_the_official_chart_of_the_pinned_version_installed_where_k3s_has_it() {
    HelmChart chart = only(new TraefikAddon());

    assertThat(chart.reference()).isEqualTo("HelmChart kube-system/traefik");
    assertThat(chart.getMetadata().getAnnotations())
        .containsOnly(
            Map.entry("plinth.dev/packaged-chart", "true"),
            Map.entry(
                "plinth.dev/values-reference",
                "https://github.com/traefik/traefik-helm-chart/blob/v41.3.0/traefik/VALUES.md"));
    assertThat(chart.getSpec().chart()).isEqualTo("traefik");
    assertThat(chart.getSpec().repo()).isEqualTo("https://traefik.github.io/charts");
    assertThat(chart.getSpec().version()).isEqualTo("41.3.0");
    assertThat(chart.getSpec().failurePolicy()).isEqualTo("retry");
    assertThat(chart.getSpec().forceConflicts()).isTrue();
    assertThat(chart.releaseNamespace()).isEqualTo("kube-system");
  }

  @Test
  void has_k3s_settings_under_the_names_of_the_official_chart() {
    assertThat(only(new TraefikAddon()).getSpec().valuesContent())
        .isEqualTo(
            """
            image:
              registry: docker.io
              repository: rancher/mirrored-library-traefik
              tag: "3.7.8"
            providers:
              kubernetesIngress:
                publishedService:
                  enabled: true
            priorityClassName: system-cluster-critical
            tolerations:
              - key: CriticalAddonsOnly
                operator: Exists
              - key: node-role.kubernetes.io/control-plane
                operator: Exists
                effect: NoSchedule
            service:
              spec:
                ipFamilyPolicy: PreferDualStack\
            """
                .strip());
  }

  @Test
  void takes_the_image_from_the_default_registry() {
    ServerConfig config = config().systemDefaultRegistry("registry.example:5000").build();

    assertThat(charts(new TraefikAddon(), config).get(0).getSpec().valuesContent())
        .contains("registry: registry.example:5000\n");
    assertThat(new TraefikAddon().images(config))
        .containsExactly("registry.example:5000/rancher/mirrored-library-traefik:3.7.8");
  }

  @Test
  void a_distribution_pins_the_digest_of_a_download() {
    String digest = "ab".repeat(32);

    assertThat(only(TraefikAddon.withChartDigest(digest)).getMetadata().getAnnotations())
        .containsEntry("plinth.dev/packaged-chart", "true")
        .containsEntry("plinth.dev/chart-digest", "sha256:" + digest);
    assertThatThrownBy(() -> TraefikAddon.withChartDigest("sha256:12"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("digest of the chart: expected 64 hexadecimal digits, found \"sha256:12\"");
  }

  @Test
  void a_host_gives_another_chart_with_the_same_settings() throws Exception {
    byte[] archive = CompactChart.archive();
    HelmChart chart = only(TraefikAddon.withChart(archive));

    assertThat(Base64.getDecoder().decode(chart.getSpec().chartContent())).isEqualTo(archive);
    assertThat(chart.getSpec().repo()).isNull();
    assertThat(chart.getSpec().valuesContent())
        .isEqualTo(only(new TraefikAddon()).getSpec().valuesContent());
    assertThat(chart.getMetadata().getAnnotations()).isNullOrEmpty();
  }

  @Test
  void what_is_no_chart_is_refused_at_once() {
    assertThatThrownBy(() -> TraefikAddon.withChart(new byte[] {1, 2, 3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the given chart");
  }

  @Test
  void k3s_chart_of_definitions_is_kept_up_before_traefik_where_the_server_has_it()
      throws Exception {
    Path charts = Files.createDirectories(dataDir.resolve("server/static/charts"));
    Files.createFile(charts.resolve("traefik-crd-9.18.2+up9.18.2.tgz"));
    Files.createFile(charts.resolve("traefik-crd-40.1.4+up40.1.0.tgz"));
    Files.createFile(charts.resolve("traefik-crd-notes.tgz"));

    List<HelmChart> both = charts(new TraefikAddon(), config().build());

    assertThat(both)
        .extracting(HelmChart::reference)
        .containsExactly("HelmChart kube-system/traefik-crd", "HelmChart kube-system/traefik");
    assertThat(both.get(0).getSpec().chart())
        .isEqualTo("https://%{KUBERNETES_API}%/static/charts/traefik-crd-40.1.4+up40.1.0.tgz");
    assertThat(both.get(0).getSpec().failurePolicy()).isEqualTo("retry");
    assertThat(both.get(0).getSpec().takeOwnership()).isTrue();
    assertThat(both.get(1).getMetadata().getAnnotations())
        .containsEntry("plinth.dev/after", "traefik-crd");
  }

  private HelmChart only(Addon addon) {
    List<HelmChart> charts = charts(addon, config().build());
    assertThat(charts).hasSize(1);
    return charts.get(0);
  }

  private static List<HelmChart> charts(Addon addon, ServerConfig config) {
    return HelmCharts.parse(addon.manifests(config).get(0).content());
  }

  private ServerConfig.Builder config() {
    return ServerConfig.builder().dataDir(dataDir).nodeName("server");
  }
}
