package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;

/**
 * Goes back to what a stored revision has. That makes a new revision.
 *
 * @param revision which one; 0 for the last one that was deployed before the current one
 * @param waitReady whether to end only when the objects are ready
 * @param labels for the object that stores the new revision
 * @param historyMax how many revisions stay stored
 */
public record RollbackRequest(
    ReleaseTarget target,
    int revision,
    Duration timeout,
    boolean waitReady,
    Map<String, String> labels,
    int historyMax) {

  public RollbackRequest {
    requireNonNull(target, "target");
    requireNonNull(timeout, "timeout");
    labels = Map.copyOf(labels);
    if (revision < 0) {
      throw new IllegalArgumentException("revision: expected 0 or more, found " + revision);
    }
  }

  public static RollbackRequest to(ReleaseTarget target, int revision) {
    return new RollbackRequest(
        target,
        revision,
        ApplyRequest.DEFAULT_TIMEOUT,
        false,
        Map.of(),
        ApplyRequest.DEFAULT_HISTORY);
  }
}
