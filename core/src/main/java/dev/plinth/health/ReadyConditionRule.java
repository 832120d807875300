package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.failed;
import static dev.plinth.health.Health.inProgress;

import java.util.Optional;

/** For kinds of which nothing is known: the conditions that the API conventions give a meaning. */
final class ReadyConditionRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    Optional<LiveObject.Condition> stalled =
        object.condition("Stalled").filter(LiveObject.Condition::isTrue);
    if (stalled.isPresent()) {
      return failed(stalled.get().reasonOr("Stalled"), stalled.get().messageOrStatus());
    }
    Optional<LiveObject.Condition> reconciling =
        object.condition("Reconciling").filter(LiveObject.Condition::isTrue);
    if (reconciling.isPresent()) {
      return inProgress(
          reconciling.get().reasonOr("Reconciling"), reconciling.get().messageOrStatus());
    }
    return object
        .condition("Ready")
        .map(it -> byReady(it, object.generation()))
        .orElseGet(() -> current("Exists", ""));
  }

  private static Health byReady(LiveObject.Condition ready, long generation) {
    if (ready.observedGeneration().orElse(generation) < generation) {
      return inProgress(
          "NotObserved",
          "its condition Ready is that of generation %d of %d"
              .formatted(ready.observedGeneration().getAsLong(), generation));
    }
    return ready.isTrue()
        ? current(ready.reasonOr("Ready"), ready.message())
        : inProgress(ready.reasonOr("NotReady"), ready.messageOrStatus());
  }
}
