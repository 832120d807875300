package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.inProgress;

/** Counts the pods on the nodes that should run one; with no such node there is nothing to do. */
final class DaemonSetRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    int desired = object.count("desiredNumberScheduled");
    int updated = object.count("updatedNumberScheduled");
    int ready = object.count("numberReady");
    int available = object.count("numberAvailable");
    boolean onDelete =
        LiveObject.text(object.spec().path("updateStrategy").path("type")).equals("OnDelete");
    if (desired == 0) {
      return current("NoNodes", "no node is to run it");
    }
    if (!onDelete && updated < desired) {
      return inProgress("LessUpdated", "%d of %d pods updated".formatted(updated, desired));
    }
    if (ready < desired) {
      return inProgress("LessReady", "%d of %d pods ready".formatted(ready, desired));
    }
    if (available < desired) {
      return inProgress("LessAvailable", "%d of %d pods available".formatted(available, desired));
    }
    return current("Ready", "%d of %d pods ready".formatted(ready, desired));
  }
}
