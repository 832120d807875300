package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.inProgress;

import com.fasterxml.jackson.databind.JsonNode;

/** Counts ready replicas, and the updated ones as far as the update strategy wants them updated. */
final class StatefulSetRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    JsonNode strategy = object.spec().path("updateStrategy");
    int declared = LiveObject.number(object.spec().path("replicas")).orElse(1);
    int partition = LiveObject.number(strategy.path("rollingUpdate").path("partition")).orElse(0);
    boolean onDelete = LiveObject.text(strategy.path("type")).equals("OnDelete");
    int toUpdate = onDelete ? 0 : Math.max(0, declared - Math.max(0, partition));

    int ready = object.count("readyReplicas");
    int updated = object.count("updatedReplicas");
    // Servers before 1.22 do not count the available ones.
    int available = LiveObject.number(object.status().path("availableReplicas")).orElse(ready);
    int extra = object.count("replicas") - declared;
    if (ready < declared) {
      return inProgress("LessReady", "%d of %d replicas ready".formatted(ready, declared));
    }
    if (available < declared) {
      return inProgress(
          "LessAvailable", "%d of %d replicas available".formatted(available, declared));
    }
    if (updated < toUpdate) {
      return inProgress("LessUpdated", "%d of %d replicas updated".formatted(updated, toUpdate));
    }
    if (extra > 0) {
      return inProgress("ExtraReplicas", "replicas still to be terminated: " + extra);
    }
    if (toUpdate > 0 && partition <= 0 && !currentRevision(object).equals(updateRevision(object))) {
      return inProgress("RevisionMismatch", "the update is about to be recorded as complete");
    }
    return current("Ready", "%d of %d replicas ready".formatted(ready, declared));
  }

  private static String currentRevision(LiveObject object) {
    return LiveObject.text(object.status().path("currentRevision"));
  }

  private static String updateRevision(LiveObject object) {
    return LiveObject.text(object.status().path("updateRevision"));
  }
}
