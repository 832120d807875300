package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.model.HelmChartStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Optional;

/** A condition, without the times that go with it. */
record Verdict(String type, String status, String reason, String message) {

  /** The release is made of what is wanted, and its objects are healthy. */
  static final String READY = "Ready";

  /** The release is made of what is wanted. */
  static final String RELEASED = "Released";

  /** The last attempt has failed; K3s has a condition of this name too. */
  static final String FAILED = "Failed";

  /** Somebody else has changed the release. */
  static final String MANUAL_CHANGE = "ManualChange";

  /** The engine does something in another way than asked for. */
  static final String ENGINE_LIMITS = "EngineLimits";

  /** The chart is not what its source has now, as that can't be reached. */
  static final String CHART_OUTDATED = "ChartOutdated";

  /** Definitions of the chart are somebody else's, and are left as they are. */
  static final String DEFINITIONS_KEPT = "DefinitionsKept";

  /** Objects differ from what the release says. */
  static final String DRIFTED = "Drifted";

  /** Longer ones are cut: a status is not a log. */
  private static final int LONGEST_MESSAGE = 4096;

  Verdict {
    requireNonNull(type, "type");
    requireNonNull(status, "status");
    requireNonNull(reason, "reason");
    message =
        message.length() > LONGEST_MESSAGE
            ? message.substring(0, LONGEST_MESSAGE - 1) + "…"
            : message;
  }

  static Verdict yes(String type, String reason, String message) {
    return new Verdict(type, "True", reason, message);
  }

  static Verdict no(String type, String reason, String message) {
    return new Verdict(type, "False", reason, message);
  }

  static Verdict unknown(String type, String reason, String message) {
    return new Verdict(type, "Unknown", reason, message);
  }

  /** The condition of a type that a status has. */
  static Optional<Verdict> of(HelmChartStatus status, String type) {
    return status.conditions().stream()
        .filter(it -> type.equals(it.getType()))
        .findFirst()
        .map(Verdict::of);
  }

  private static Verdict of(Condition condition) {
    return new Verdict(
        condition.getType(),
        Optional.ofNullable(condition.getStatus()).orElse("Unknown"),
        Optional.ofNullable(condition.getReason()).orElse(""),
        Optional.ofNullable(condition.getMessage()).orElse(""));
  }

  boolean isTrue() {
    return status.equals("True");
  }
}
