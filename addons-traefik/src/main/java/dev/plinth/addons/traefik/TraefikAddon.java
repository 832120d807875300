package dev.plinth.addons.traefik;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.Obstacle;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Slot;
import dev.plinth.addons.traefik.TraefikChart.Given;
import dev.plinth.addons.traefik.TraefikChart.Official;
import dev.plinth.config.Option;
import dev.plinth.config.ServerConfig;
import dev.plinth.helm.chart.ChartArchive;
import dev.plinth.helm.chart.InvalidChartException;
import dev.plinth.helm.source.ChartReference.Packaged;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.client.VersionInfo;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Traefik, the ingress controller, as K3s packages it: a HelmChart {@code kube-system/traefik} that
 * the add-on {@code helm-controller} installs and a HelmChartConfig of that name customises.
 *
 * <p>The chart is the official one of the pinned version, looked for among the server's static
 * charts, on the class path and in its repository, in this order; nothing takes its place unless
 * the host says so with {@link #withChart}.
 */
public final class TraefikAddon implements Addon {

  static final String NAME = "traefik";

  static final Option<Boolean> ALLOW_MAJOR_UPGRADE =
      Option.flag(
              "traefik-allow-major-upgrade",
              "Replace a Traefik of another major version, whose configuration has to be migrated")
          .withConfigKey("allow-major-upgrade");

  private static final PinnedVersions PINNED = PinnedVersions.read();

  private final TraefikManifest manifest;

  /** With the official chart; made by {@link java.util.ServiceLoader} too. */
  public TraefikAddon() {
    this(new Official(Optional.empty()));
  }

  private TraefikAddon(TraefikChart chart) {
    this.manifest = new TraefikManifest(PINNED, chart);
  }

  /** The chart that this add-on installs unless the host gives another one. */
  public static Packaged officialChart() {
    return new Packaged(URI.create(PINNED.repository()), NAME, PINNED.chart(), Optional.empty());
  }

  /**
   * An add-on with another chart in place of the official one. It gets the values that K3s sets,
   * and has to know them: {@code image} with {@code registry}, {@code repository} and {@code tag},
   * {@code providers.kubernetesIngress.publishedService.enabled}, {@code priorityClassName}, {@code
   * tolerations} and {@code service.spec}.
   *
   * @param archive the chart's archive, as {@code helm package} makes it; becomes part of the
   *     HelmChart, so a few hundred KiB at most
   * @throws IllegalArgumentException if it is no chart's archive
   */
  public static TraefikAddon withChart(byte[] archive) {
    try {
      ChartArchive.read(archive, "the given chart");
    } catch (InvalidChartException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return new TraefikAddon(new Given(archive));
  }

  /**
   * An add-on that accepts a download of the official chart only with this digest. An archive among
   * the static charts or on the class path is accepted as it is.
   *
   * @param sha256 64 hexadecimal digits
   * @throws IllegalArgumentException if it is none
   */
  public static TraefikAddon withChartDigest(String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "digest of the chart: expected 64 hexadecimal digits, found \"%s\"".formatted(sha256));
    }
    return new TraefikAddon(new Official(Optional.of("sha256:" + sha256)));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "Traefik, the ingress controller, as a Helm chart";
  }

  @Override
  public Optional<Slot> slot() {
    return Optional.of(Slot.INGRESS);
  }

  @Override
  public Set<String> provides() {
    return Set.of("traefik.io/ingress-controller");
  }

  @Override
  public Set<String> requires() {
    return Set.of("helm.cattle.io/v1");
  }

  @Override
  public List<Option<?>> options() {
    return List.of(ALLOW_MAJOR_UPGRADE);
  }

  @Override
  public List<PackagedManifest> manifests(ServerConfig config) {
    return List.of(manifest.render(config, DefinitionsArchive.in(config.dataDir())));
  }

  /** A Traefik of another major version, which is not replaced by itself. */
  @Override
  public Optional<Obstacle> obstacle(AddonContext context) {
    MigrationGuard guard =
        new MigrationGuard(
            TraefikVersions.ofTag(PINNED.imageTag()).orElseThrow(), manifest.description());
    VersionInfo server = context.client().getKubernetesVersion();
    return guard
        .judge(
            number(server.getMajor()),
            number(server.getMinor()),
            new TraefikInCluster(context.client()).find(),
            context.config().option(ALLOW_MAJOR_UPGRADE).orElse(false))
        .obstacle();
  }

  /** The HelmChart of definitions goes when its archive has gone; the definitions must not. */
  @Override
  public void prepare(AddonContext context) {
    if (DefinitionsArchive.in(context.config().dataDir()).isEmpty()) {
      new TraefikDefinitions(context.client()).keep(context.fieldManager());
    }
  }

  /** Keeps Traefik's definitions from being uninstalled, unless that is consented to. */
  @Override
  public void cleanUp(AddonContext context) {
    if (!context.config().deleteProtected().contains(NAME)) {
      new TraefikDefinitions(context.client()).keep(context.fieldManager());
    }
  }

  /** Traefik's definitions, which Helm never deletes, with all routes that users have made. */
  @Override
  public void deleteProtected(AddonContext context) {
    new TraefikDefinitions(context.client()).delete();
  }

  @Override
  public List<ObjectReference> protectedObjects(AddonContext context) {
    return new TraefikDefinitions(context.client()).find();
  }

  /** Some servers write their minor version as 27+. */
  private static int number(String text) {
    return Integer.parseInt(text.replaceFirst("\\D.*", ""));
  }

  @Override
  public List<String> images(ServerConfig config) {
    return List.of(
        "%s/%s:%s"
            .formatted(
                config.systemDefaultRegistry().orElse(TraefikManifest.PUBLIC_REGISTRY),
                PINNED.imageRepository(),
                PINNED.imageTag()));
  }
}
