package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.failed;
import static dev.plinth.health.Health.inProgress;
import static dev.plinth.health.Health.terminating;

import java.util.Optional;

/** A definition must have got its names and be established, that is: served. */
final class CustomResourceDefinitionRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    Optional<LiveObject.Condition> conflict =
        object.condition("NamesAccepted").filter(LiveObject.Condition::isFalse);
    if (conflict.isPresent()) {
      return failed(conflict.get().reasonOr("NamesConflict"), conflict.get().messageOrStatus());
    }
    Optional<LiveObject.Condition> established = object.condition("Established");
    if (established.filter(LiveObject.Condition::isTrue).isPresent()) {
      return current("Established", "");
    }
    return established
        .map(it -> inProgress(it.reasonOr("NotEstablished"), it.messageOrStatus()))
        .orElseGet(() -> inProgress("NotEstablished", "waiting to be established"));
  }

  @Override
  public Health judgeDeleting(LiveObject object) {
    return object
        .condition("Terminating")
        .filter(LiveObject.Condition::isTrue)
        .map(it -> terminating(it.reasonOr("Deleting"), it.messageOrStatus()))
        .orElseGet(() -> Rule.super.judgeDeleting(object));
  }
}
