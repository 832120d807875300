package dev.plinth.helm.release;

import java.util.Locale;

/** The status of a revision of a release, as Helm stores it. */
public enum ReleaseStatus {
  UNKNOWN,
  DEPLOYED,
  UNINSTALLED,
  SUPERSEDED,
  FAILED,
  UNINSTALLING,
  PENDING_INSTALL,
  PENDING_UPGRADE,
  PENDING_ROLLBACK;

  /** The status with Helm's name, such as {@code pending-upgrade}; UNKNOWN for any other. */
  public static ReleaseStatus of(String helmName) {
    for (ReleaseStatus status : values()) {
      if (status.helmName().equals(helmName)) {
        return status;
      }
    }
    return UNKNOWN;
  }

  /** How Helm writes it, such as {@code pending-upgrade}. */
  public String helmName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Whether an operation had begun and not ended when this was written. Either it is still running
   * or whoever ran it is dead: then Helm refuses all further operations.
   */
  public boolean isInterrupted() {
    return this == PENDING_INSTALL
        || this == PENDING_UPGRADE
        || this == PENDING_ROLLBACK
        || this == UNINSTALLING;
  }
}
