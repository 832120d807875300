package dev.plinth.addons.traefik;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What there is of a Traefik in kube-system. What runs tells more than what was asked for, so the
 * image counts first, then the release, then the HelmChart.
 *
 * @param image of the Deployment or DaemonSet {@code traefik}
 * @param appVersion of the chart of the release {@code traefik}
 * @param chartVersion of the chart of the release {@code traefik}
 * @param helmChart what the HelmChart {@code traefik} refers to: the address of an archive, or a
 *     version
 */
record InstalledTraefik(
    Optional<String> image,
    Optional<String> appVersion,
    Optional<String> chartVersion,
    Optional<String> helmChart) {

  static final InstalledTraefik NONE =
      new InstalledTraefik(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  InstalledTraefik {
    requireNonNull(image, "image");
    requireNonNull(appVersion, "appVersion");
    requireNonNull(chartVersion, "chartVersion");
    requireNonNull(helmChart, "helmChart");
  }

  /** Whether a Traefik runs or was installed; a HelmChart alone that nothing came of is none. */
  boolean isThere() {
    return image.isPresent()
        || appVersion.isPresent()
        || chartVersion.isPresent()
        || major().isPresent();
  }

  /** Its major version; empty if there is none, or nothing tells. */
  OptionalInt major() {
    OptionalInt major = of(image.map(TraefikVersions::ofImage));
    if (major.isEmpty()) {
      major = of(appVersion.map(TraefikVersions::ofTag));
    }
    if (major.isEmpty()) {
      major = of(chartVersion.map(TraefikVersions::ofChart));
    }
    if (major.isEmpty()) {
      major = of(helmChart.map(TraefikVersions::ofChartFile));
    }
    return major.isPresent() ? major : of(helmChart.map(TraefikVersions::ofChart));
  }

  /** What was found, for people. */
  String describe() {
    return image
        .map(it -> "image " + it)
        .or(() -> chartVersion.map(it -> "release of chart " + it))
        .or(() -> appVersion.map(it -> "release of Traefik " + it))
        .or(() -> helmChart.map(it -> "HelmChart " + it))
        .orElse("nothing");
  }

  private static OptionalInt of(Optional<OptionalInt> major) {
    return major.orElseGet(OptionalInt::empty);
  }
}
