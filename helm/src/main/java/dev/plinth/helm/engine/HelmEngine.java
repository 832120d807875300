package dev.plinth.helm.engine;

import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Runs Helm on releases. Operations block the calling thread until Helm has ended and never throw
 * for what Helm or the API server refuses: the outcome says it. An engine may be used by many
 * threads, but by one at a time for one release; a second operation on it is refused.
 *
 * <p>What an operation leaves when the process dies is a release in a state for which {@link
 * ReleaseStatus#isInterrupted()} is true; {@link #recover} mends it.
 */
public interface HelmEngine extends AutoCloseable {

  /** What this engine is, and what it can do. */
  EngineInfo info();

  /** Makes the first revision of a release. */
  Outcome install(ApplyRequest request);

  /** Makes a further revision of a release that exists. */
  Outcome upgrade(ApplyRequest request);

  /** Makes a further revision with the objects and values of an earlier one. */
  Outcome rollback(RollbackRequest request);

  /** Deletes a release and its objects. A release that does not exist is a success. */
  Outcome uninstall(UninstallRequest request);

  /** The objects that a chart with these values has, without writing anything. */
  Rendering render(RenderRequest request);

  /** The revision with the highest number; empty if there is no such release. */
  Optional<Release> status(ReleaseTarget target);

  /** All stored revisions, the oldest first. */
  List<Release> history(ReleaseTarget target);

  /**
   * Mends a release that an operation has left unfinished because its process died: its last
   * revision becomes {@code failed}, with a description that says so. Only the caller knows that
   * nobody else is at work on it.
   *
   * @return the revision as it was found; empty if there was nothing to mend
   */
  Optional<Release> recover(ReleaseTarget target);

  /**
   * Takes no further operations and waits for the running ones.
   *
   * @param patience how long to wait for them
   * @return what is still running after that; an engine that can has ended it
   */
  List<String> close(Duration patience);

  /** Closes, and waits for a minute at most. */
  @Override
  default void close() {
    close(Duration.ofMinutes(1));
  }
}
