package dev.plinth.addons.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.Obstacle;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** K3s's rule on Traefik's major versions, and what is made of it. */
class MigrationGuardTest {

  private static final String V1 = "rancher/library-traefik:1.7.19";
  private static final String V2 = "rancher/mirrored-library-traefik:2.11.18";

  private final MigrationGuard guard = new MigrationGuard(3, "chart 41.3.0");

  @ParameterizedTest(name = "Kubernetes 1.{0}, {1}, allowed {2}: {3}")
  @CsvSource(
      textBlock =
          """
          # Up to 1.20 v1, which is not packaged; what is there stays.
          16, none,      false, TraefikV1NotPackaged
          20, none,      false, TraefikV1NotPackaged
          20, none,      true,  TraefikV1NotPackaged
          20, image 1.7.19, false, TraefikV1NotPackaged
          20, image 2.4.8,  false, TraefikV1NotPackaged
          # From 1.21 on v2 and newer, if there is no older one.
          21, none,         false, installed
          35, none,         false, installed
          35, none,         true,  installed
          21, image 1.7.19, false, OlderTraefikPresent
          35, image 1.7.19, false, OlderTraefikPresent
          35, image 1.7.19, true,  installed
          35, image 2.11.18, false, OlderTraefikPresent
          35, image v2.4,    false, OlderTraefikPresent
          35, image 2.11.18, true,  installed
          35, image 3.0.0,   false, installed
          35, image v3.7.11, false, installed
          35, image v3,      false, installed
          # A newer one is not replaced by itself either.
          35, image v4.0.1,  false, NewerTraefikPresent
          35, image v4.0.1,  true,  installed
          # Nothing tells the version of what runs.
          35, image nightly, false, TraefikVersionUnknown
          35, image nightly, true,  installed
          # Releases and HelmCharts, of the chart of v1, K3s's and the official one.
          35, app v2.10.1,   false, OlderTraefikPresent
          35, app 3.2.0,     false, installed
          35, chart 1.81.0,         false, OlderTraefikPresent
          35, chart 9.12.3,         false, OlderTraefikPresent
          35, chart 27.0.2+up27.0.2, false, OlderTraefikPresent
          35, chart 28.0.0,         false, installed
          35, chart 40.1.4+up40.1.0, false, installed
          35, file traefik-1.81.0.tgz,         false, OlderTraefikPresent
          35, file traefik-27.0.2+up27.0.2.tgz, false, OlderTraefikPresent
          35, file traefik-40.1.4+up40.1.0.tgz, false, installed
          35, version 41.3.0,       false, installed
          35, version 10.3.0,       false, OlderTraefikPresent
          # A HelmChart that nothing came of and that tells nothing is no Traefik.
          35, version latest,       false, installed
          """)
  void decides(int minor, String installed, boolean allowed, String expected) {
    Optional<Obstacle> obstacle = guard.judge(1, minor, parse(installed), allowed).obstacle();

    assertThat(obstacle.map(Obstacle::reason).orElse("installed")).isEqualTo(expected);
  }

  @Test
  void says_which_major_would_be_installed_and_which_is_there() {
    MigrationGuard.Verdict verdict = guard.judge(1, 35, image(V2), false);

    assertThat(verdict.packaged()).isEqualTo(3);
    assertThat(verdict.present()).isEqualTo(OptionalInt.of(2));
  }

  @Test
  void says_what_it_found_and_would_install_where_to_read_and_how_to_allow_it() {
    assertThat(message(35, image(V2)))
        .isEqualTo(
            "found Traefik v2 (image rancher/mirrored-library-traefik:2.11.18); would install v3"
                + " (chart 41.3.0), which needs changes of configuration: see"
                + " https://doc.traefik.io/traefik/migrate/v2-to-v3/. The old one goes on running."
                + " When all is prepared, allow it with --traefik-allow-major-upgrade");
  }

  @Test
  void names_the_migration_tool_for_v1() {
    assertThat(message(35, image(V1)))
        .contains(
            "found Traefik v1",
            "https://doc.traefik.io/traefik/v2.11/migration/v1-to-v2/",
            "https://github.com/traefik/traefik-migration-tool");
  }

  @Test
  void says_that_v1_is_not_packaged() {
    assertThat(message(20, InstalledTraefik.NONE))
        .isEqualTo(
            "Kubernetes 1.20 is a server for Traefik v1, which is not packaged; update the server"
                + " to 1.21 or newer, or start with --disable traefik");
    assertThat(message(20, image(V1))).contains("what is installed goes on running");
  }

  @Test
  void what_runs_tells_more_than_the_release_and_that_more_than_the_helm_chart() {
    InstalledTraefik all =
        new InstalledTraefik(
            Optional.of("traefik:v3.1"),
            Optional.of("v2.10"),
            Optional.of("27.0.2"),
            Optional.of("https://example.com/traefik-1.81.0.tgz"));

    assertThat(all.major()).isEqualTo(OptionalInt.of(3));
    assertThat(
            new InstalledTraefik(
                    Optional.of("traefik@sha256:" + "ab".repeat(32)),
                    all.appVersion(),
                    all.chartVersion(),
                    all.helmChart())
                .major())
        .isEqualTo(OptionalInt.of(2));
  }

  private String message(int minor, InstalledTraefik installed) {
    return guard.judge(1, minor, installed, false).obstacle().orElseThrow().message();
  }

  private static InstalledTraefik image(String image) {
    return new InstalledTraefik(
        Optional.of(image), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static InstalledTraefik parse(String text) {
    String[] parts = text.split(" ");
    return switch (parts[0]) {
      case "none" -> InstalledTraefik.NONE;
      case "image" -> image("registry.example:5000/traefik:" + parts[1]);
      case "app" ->
          new InstalledTraefik(
              Optional.empty(), Optional.of(parts[1]), Optional.empty(), Optional.empty());
      case "chart" ->
          new InstalledTraefik(
              Optional.empty(), Optional.empty(), Optional.of(parts[1]), Optional.empty());
      case "file" ->
          new InstalledTraefik(
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.of("https://%{KUBERNETES_API}%/static/charts/" + parts[1]));
      default ->
          new InstalledTraefik(
              Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(parts[1]));
    };
  }
}
