package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.failed;
import static dev.plinth.health.Health.inProgress;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A Job is there to finish. One that is declared suspended is as declared, like a Deployment with
 * no replicas: waiting would not end.
 */
final class JobRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    Optional<LiveObject.Condition> failure =
        object.condition("Failed").filter(LiveObject.Condition::isTrue);
    if (failure.isPresent()) {
      return failed(
          failure.get().reasonOr("JobFailed"),
          failure.get().messageOrStatus() + " (" + pods(object) + ")");
    }
    if (object.condition("Complete").filter(LiveObject.Condition::isTrue).isPresent()) {
      return current("Complete", pods(object));
    }
    if (object.spec().path("suspend").asBoolean(false)) {
      return current("Suspended", "suspended by spec.suspend");
    }
    return object.status().hasNonNull("startTime")
        ? inProgress("Running", pods(object))
        : inProgress("NotStarted", "not started yet");
  }

  private static String pods(LiveObject object) {
    OptionalInt completions = LiveObject.number(object.spec().path("completions"));
    return "%d%s pods succeeded, %d active, %d failed"
        .formatted(
            object.count("succeeded"),
            completions.isPresent() ? " of " + completions.getAsInt() : "",
            object.count("active"),
            object.count("failed"));
  }
}
