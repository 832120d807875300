package dev.plinth.examples.server;

import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Reports to render. */
final class Reports {

  private Reports() {}

  static ServerReport report(AddonStatus... addons) {
    return new ServerReport(
        new AddonReport(List.of(addons), List.of(), List.of()), Path.of("/data/k.yaml"), true);
  }

  static AddonStatus status(
      String name, AddonState state, String reason, String message, int objects, long millis) {
    return new AddonStatus(name, state, reason, message, objects, Duration.ofMillis(millis));
  }
}
