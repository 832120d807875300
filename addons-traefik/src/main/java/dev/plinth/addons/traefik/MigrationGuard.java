package dev.plinth.addons.traefik;

import dev.plinth.addon.Obstacle;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Decides whether the packaged Traefik may be installed, from the server's version and what is
 * installed. K3s's rule is: up to 1.20 Traefik v1, from 1.21 on v2 and newer, if v1 is not there
 * already; here that protects every older major version, since each needs changes of its users'
 * configuration. Traefik v1 itself is never packaged.
 *
 * <p>Pure.
 */
final class MigrationGuard {

  private static final int FIRST_MINOR_WITHOUT_V1 = 21;

  private final int packaged;
  private final String description;

  /**
   * @param packaged major version that would be installed
   * @param description what would be installed, for people
   */
  MigrationGuard(int packaged, String description) {
    this.packaged = packaged;
    this.description = description;
  }

  /**
   * The decision.
   *
   * @param packaged major version that would be installed
   * @param present major version that is installed; empty if there is none or nothing tells
   * @param obstacle why it must not be installed; empty if it may
   */
  record Verdict(int packaged, OptionalInt present, Optional<Obstacle> obstacle) {}

  /**
   * Decides.
   *
   * @param kubernetesMajor major version of the server
   * @param kubernetesMinor minor version of the server
   * @param installed what there is
   * @param allowed whether the user wants another major version
   */
  Verdict judge(
      int kubernetesMajor, int kubernetesMinor, InstalledTraefik installed, boolean allowed) {
    return new Verdict(
        packaged,
        installed.major(),
        obstacle(kubernetesMajor, kubernetesMinor, installed, allowed));
  }

  private Optional<Obstacle> obstacle(
      int kubernetesMajor, int kubernetesMinor, InstalledTraefik installed, boolean allowed) {
    if (kubernetesMajor == 1 && kubernetesMinor < FIRST_MINOR_WITHOUT_V1) {
      return Optional.of(
          new Obstacle(
              "TraefikV1NotPackaged",
              "Kubernetes 1.%d is a server for Traefik v1, which is not packaged%s; update the server to 1.%d or newer, or start with --disable traefik"
                  .formatted(
                      kubernetesMinor,
                      installed.isThere() ? "; what is installed goes on running" : "",
                      FIRST_MINOR_WITHOUT_V1)));
    }
    if (allowed || !installed.isThere()) {
      return Optional.empty();
    }
    OptionalInt present = installed.major();
    if (present.isEmpty()) {
      return Optional.of(
          new Obstacle(
              "TraefikVersionUnknown",
              "found a Traefik whose version nothing tells (%s); would install v%d (%s). It goes on running. If it may be replaced, start with --%s"
                  .formatted(
                      installed.describe(),
                      packaged,
                      description,
                      TraefikAddon.ALLOW_MAJOR_UPGRADE.name())));
    }
    if (present.getAsInt() == packaged) {
      return Optional.empty();
    }
    return Optional.of(
        present.getAsInt() > packaged
            ? newer(present.getAsInt(), installed)
            : older(present.getAsInt(), installed));
  }

  private Obstacle newer(int present, InstalledTraefik installed) {
    return new Obstacle(
        "NewerTraefikPresent",
        "found Traefik v%d (%s), which is newer than v%d (%s) that this server would install. It goes on running. If it may be replaced, start with --%s"
            .formatted(
                present,
                installed.describe(),
                packaged,
                description,
                TraefikAddon.ALLOW_MAJOR_UPGRADE.name()));
  }

  private Obstacle older(int present, InstalledTraefik installed) {
    return new Obstacle(
        "OlderTraefikPresent",
        "found Traefik v%d (%s); would install v%d (%s), which needs changes of configuration: %s. The old one goes on running. When all is prepared, allow it with --%s"
            .formatted(
                present,
                installed.describe(),
                packaged,
                description,
                guides(present),
                TraefikAddon.ALLOW_MAJOR_UPGRADE.name()));
  }

  private static String guides(int present) {
    return present == 1
        ? "see https://doc.traefik.io/traefik/v2.11/migration/v1-to-v2/ and the tool"
            + " https://github.com/traefik/traefik-migration-tool, then"
            + " https://doc.traefik.io/traefik/migrate/v2-to-v3/"
        : "see https://doc.traefik.io/traefik/migrate/v2-to-v3/";
  }
}
