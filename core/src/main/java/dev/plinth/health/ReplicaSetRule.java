package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.inProgress;

import java.util.Optional;

/** Counts ready and available replicas, and names why the API server refuses to take pods. */
final class ReplicaSetRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    int declared = LiveObject.number(object.spec().path("replicas")).orElse(1);
    int ready = object.count("readyReplicas");
    int available = object.count("availableReplicas");
    int extra = object.count("replicas") - declared;
    String readyOfDeclared = "%d of %d replicas ready".formatted(ready, declared);
    Optional<String> cause = cause(object);
    if (cause.isPresent()) {
      return inProgress("ReplicaFailure", readyOfDeclared + cause.get());
    }
    if (ready < declared) {
      return inProgress("LessReady", readyOfDeclared);
    }
    if (available < declared) {
      return inProgress(
          "LessAvailable", "%d of %d replicas available".formatted(available, declared));
    }
    if (extra > 0) {
      return inProgress("ExtraReplicas", "replicas still to be terminated: " + extra);
    }
    return current("Ready", readyOfDeclared);
  }

  /**
   * Why replicas cannot be created or deleted (quota, admission), to be appended to a message; a
   * Deployment shows its ReplicaSet's condition as its own.
   */
  static Optional<String> cause(LiveObject object) {
    return object
        .condition("ReplicaFailure")
        .filter(LiveObject.Condition::isTrue)
        .map(it -> ": " + it.messageOrStatus());
  }
}
