package dev.plinth.addons.traefik;

import java.util.Arrays;
import java.util.Optional;

/** Which chart is installed. */
sealed interface TraefikChart {

  /**
   * The official one of the pinned version.
   *
   * @param digest {@code sha256:...}, what a downloaded archive must have
   */
  record Official(Optional<String> digest) implements TraefikChart {}

  /** An archive that the host gives. */
  record Given(byte[] archive) implements TraefikChart {
    public Given {
      archive = archive.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Given given && Arrays.equals(archive, given.archive);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(archive);
    }

    @Override
    public String toString() {
      return "Given[" + archive.length + " bytes]";
    }
  }
}
