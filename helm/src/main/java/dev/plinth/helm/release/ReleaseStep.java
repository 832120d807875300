package dev.plinth.helm.release;

import java.util.Optional;

/**
 * What brings a release to what is wanted, as K3s decides it, with two differences: a release of
 * which only the history is left is installed anew, where K3s tries in vain; and one whose state
 * could not be read is never taken for one that does not exist (that is the caller's to see to).
 *
 * @param mend whether its last revision has to be marked as failed first, as its operation was cut
 *     off: Helm refuses to work on it otherwise
 */
public record ReleaseStep(Action action, boolean mend) {

  /** What to do. */
  public enum Action {
    INSTALL,
    UPGRADE,
    /** Uninstall, history and all, and install. */
    REINSTALL,
    /** Nothing: the failure is left for people to look at. */
    LEAVE
  }

  /**
   * Decides.
   *
   * @param status of the last revision; empty if there is none
   * @param policy what to do with one that failed
   */
  public static ReleaseStep decide(Optional<ReleaseStatus> status, FailurePolicy policy) {
    if (status.isEmpty()) {
      return new ReleaseStep(Action.INSTALL, false);
    }
    return switch (status.get()) {
      case DEPLOYED, SUPERSEDED -> new ReleaseStep(Action.UPGRADE, false);
      // The objects of the revision before are all there, so no policy has to be asked.
      case PENDING_UPGRADE -> new ReleaseStep(Action.UPGRADE, true);
      case FAILED -> new ReleaseStep(afterFailure(policy), false);
      case UNKNOWN, PENDING_INSTALL, PENDING_ROLLBACK, UNINSTALLING ->
          new ReleaseStep(afterFailure(policy), true);
      // There is nothing to lose, and Helm installs nothing under a name that has a history.
      case UNINSTALLED -> new ReleaseStep(Action.REINSTALL, false);
    };
  }

  private static Action afterFailure(FailurePolicy policy) {
    return switch (policy) {
      case REINSTALL -> Action.REINSTALL;
      case RETRY -> Action.UPGRADE;
      case ABORT -> Action.LEAVE;
    };
  }
}
