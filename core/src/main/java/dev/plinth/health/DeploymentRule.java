package dev.plinth.health;

import static dev.plinth.health.Health.State.CURRENT;
import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.failed;
import static dev.plinth.health.Health.inProgress;

import java.util.Optional;

/**
 * Counts replicas instead of trusting the condition {@code Available}: that is True without any
 * ready replica where as many may be unavailable as are declared, e.g. with one replica and {@code
 * maxUnavailable: 1}, as K3s declares its Deployments.
 */
final class DeploymentRule implements Rule {

  private static final String DEADLINE_EXCEEDED = "ProgressDeadlineExceeded";

  @Override
  public Health judge(LiveObject object) {
    Health health = byCounts(object);
    if (health.state() == CURRENT) {
      return health;
    }
    Optional<String> cause = ReplicaSetRule.cause(object);
    Optional<LiveObject.Condition> deadline =
        object.condition("Progressing").filter(it -> it.reason().equals(DEADLINE_EXCEEDED));
    if (deadline.isPresent()) {
      return failed(
          DEADLINE_EXCEEDED,
          health.message() + cause.orElse(": " + deadline.get().messageOrStatus()));
    }
    return cause.map(it -> inProgress("ReplicaFailure", health.message() + it)).orElse(health);
  }

  private static Health byCounts(LiveObject object) {
    int declared = LiveObject.number(object.spec().path("replicas")).orElse(1);
    int updated = object.count("updatedReplicas");
    int ready = object.count("readyReplicas");
    int available = object.count("availableReplicas");
    int extra = object.count("replicas") - declared;
    if (updated < declared) {
      String lag = "%d of %d replicas updated".formatted(updated, declared);
      return object.spec().path("paused").asBoolean(false)
          ? inProgress("Paused", lag + ", paused by spec.paused")
          : inProgress("LessUpdated", lag);
    }
    if (ready < declared) {
      return inProgress("LessReady", "%d of %d replicas ready".formatted(ready, declared));
    }
    if (available < declared) {
      return inProgress(
          "LessAvailable", "%d of %d replicas available".formatted(available, declared));
    }
    if (extra > 0) {
      return inProgress("ExtraReplicas", "replicas still to be terminated: " + extra);
    }
    return current("Ready", "%d of %d replicas ready".formatted(ready, declared));
  }
}
