package dev.plinth.helm.controller;

import java.util.Arrays;

/** What is done to a release, with the words for conditions and events. */
enum Operation {
  INSTALL("Installing", "Installed", "InstallFailed"),
  UPGRADE("Upgrading", "Upgraded", "UpgradeFailed"),
  REINSTALL("Reinstalling", "Installed", "InstallFailed"),
  ROLLBACK("RollingBack", "RolledBack", "RollbackFailed"),
  UNINSTALL("Uninstalling", "Uninstalled", "UninstallFailed");

  private final String progress;
  private final String success;
  private final String failure;

  Operation(String progress, String success, String failure) {
    this.progress = progress;
    this.success = success;
    this.failure = failure;
  }

  /** Reason of conditions while it runs. */
  String progress() {
    return progress;
  }

  /** Reason of conditions and events after it. */
  String success() {
    return success;
  }

  /** Reason of conditions and events if it has failed. */
  String failure() {
    return failure;
  }

  static boolean isProgress(String reason) {
    return Arrays.stream(values()).anyMatch(it -> it.progress.equals(reason));
  }
}
