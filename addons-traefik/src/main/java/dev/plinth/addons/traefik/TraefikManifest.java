package dev.plinth.addons.traefik;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.plinth.addon.PackagedManifest;
import dev.plinth.addons.traefik.TraefikChart.Given;
import dev.plinth.addons.traefik.TraefikChart.Official;
import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.ManifestTemplate;
import dev.plinth.manifest.Variables;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The file {@code traefik.yaml}: a HelmChart with K3s's settings, and before it, where the server
 * has K3s's archive {@code traefik-crd}, one for that. The settings are the same whichever chart is
 * installed, so that a HelmChartConfig means the same.
 */
final class TraefikManifest {

  static final String FILE = "traefik.yaml";

  /** Where Docker's images are, as long as no registry is configured. */
  static final String PUBLIC_REGISTRY = "docker.io";

  private static final String DEFINITIONS =
      """
      apiVersion: helm.cattle.io/v1
      kind: HelmChart
      metadata:
        name: traefik-crd
        namespace: kube-system
      spec:
        chart: "https://%{KUBERNETES_API}%/static/charts/%{DEFINITIONS}%"
        failurePolicy: retry
        forceConflicts: true
        # Traefik's definitions may be there already, from the chart that is installed without this.
        takeOwnership: true
      ---
      """;

  private static final String HEAD =
      """
      # Replaced at the next start. To change values, put a HelmChartConfig named traefik into this
      # directory.
      apiVersion: helm.cattle.io/v1
      kind: HelmChart
      metadata:
        name: traefik
        namespace: kube-system
      """;

  private static final String OFFICIAL =
      """
      spec:
        chart: traefik
        repo: "%{CHART_REPOSITORY}%"
        version: "%{CHART_VERSION}%"
      """;

  private static final String GIVEN =
      """
      spec:
        chartContent: "%{CHART_CONTENT}%"
      """;

  private static final String VALUES =
      "https://github.com/traefik/traefik-helm-chart/blob/v%s/traefik/VALUES.md";

  private final PinnedVersions pinned;
  private final TraefikChart chart;

  TraefikManifest(PinnedVersions pinned, TraefikChart chart) {
    this.pinned = pinned;
    this.chart = chart;
  }

  /**
   * The file for a configuration.
   *
   * @param definitions name of K3s's archive with Traefik's definitions among the static charts
   */
  PackagedManifest render(ServerConfig config, Optional<String> definitions) {
    Variables.Builder variables =
        Variables.builder()
            .text("IMAGE_REGISTRY", config.systemDefaultRegistry().orElse(PUBLIC_REGISTRY))
            .text("IMAGE_REPOSITORY", pinned.imageRepository())
            .text("IMAGE_TAG", pinned.imageTag());
    StringBuilder text = new StringBuilder();
    Map<String, String> annotations = new LinkedHashMap<>();
    if (definitions.isPresent()) {
      text.append(DEFINITIONS);
      // Left in place: whoever installs the chart knows where the server's own charts are.
      variables.text("KUBERNETES_API", "%{KUBERNETES_API}%").text("DEFINITIONS", definitions.get());
      annotations.put("plinth.dev/after", "traefik-crd");
    }
    String spec = chart(variables, annotations);
    text.append(HEAD).append(lines(annotations)).append(spec).append(settings());
    ManifestTemplate template = ManifestTemplate.of(FILE, text.toString());
    return new PackagedManifest(FILE, template.render(variables.build()));
  }

  /** None of the values needs to be escaped. */
  private static String lines(Map<String, String> annotations) {
    StringBuilder lines = new StringBuilder(annotations.isEmpty() ? "" : "  annotations:\n");
    annotations.forEach((name, value) -> lines.append("    %s: \"%s\"\n".formatted(name, value)));
    return lines.toString();
  }

  /** What it installs, for people. */
  String description() {
    return chart instanceof Given ? "the given chart" : "chart " + pinned.chart();
  }

  private String chart(Variables.Builder variables, Map<String, String> annotations) {
    if (chart instanceof Given given) {
      variables.text("CHART_CONTENT", Base64.getEncoder().encodeToString(given.archive()));
      return GIVEN;
    }
    variables.text("CHART_REPOSITORY", pinned.repository()).text("CHART_VERSION", pinned.chart());
    annotations.put("plinth.dev/packaged-chart", "true");
    ((Official) chart).digest().ifPresent(it -> annotations.put("plinth.dev/chart-digest", it));
    annotations.put("plinth.dev/values-reference", VALUES.formatted(pinned.chart()));
    return OFFICIAL;
  }

  private static String settings() {
    try (InputStream in = TraefikManifest.class.getResourceAsStream("settings.yaml")) {
      return new String(requireNonNull(in, "settings.yaml").readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource settings.yaml", e);
    }
  }
}
