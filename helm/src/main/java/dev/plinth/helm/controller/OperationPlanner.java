package dev.plinth.helm.controller;

import dev.plinth.helm.release.FailurePolicy;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.helm.release.ReleaseStep;
import dev.plinth.helm.release.ReleaseStep.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Decides what is done for a chart. Pure: everything that matters is in its arguments. */
final class OperationPlanner {

  private OperationPlanner() {}

  /**
   * What is wanted.
   *
   * @param hash of the inputs
   * @param policy what to do with a release that has failed
   * @param rollBack whether a failed upgrade is rolled back instead
   * @param timeout how long an operation may take
   */
  record Wanted(String hash, FailurePolicy policy, boolean rollBack, Duration timeout) {}

  /** What to do. */
  sealed interface Plan {

    /** Nothing: what is wanted is in force. */
    record InForce() implements Plan {}

    /** Nothing: somebody else has changed the release, and what is wanted has not changed. */
    record LeaveManual() implements Plan {}

    /** Nothing yet: somebody else's operation may be under way. */
    record LeaveOperating(Duration pause) implements Plan {}

    /** Nothing yet: the last attempt has failed a moment ago. */
    record Pause(Duration duration) implements Plan {}

    /**
     * Nothing: an attempt has failed, and there is none left, or none is to be made.
     *
     * @param mend whether the last revision has to be marked as failed
     */
    record Abandon(String reason, boolean mend) implements Plan {}

    /** Found here: if it is what is wanted, it only has to be marked as such; else an upgrade. */
    record TakeOver() implements Plan {}

    /**
     * An operation.
     *
     * @param mend whether the last revision has to be marked as failed first
     */
    record Run(Operation operation, boolean mend) implements Plan {}
  }

  /** Reason where the limit of attempts is reached. */
  static final String BACK_OFF_LIMIT_EXCEEDED = "BackOffLimitExceeded";

  /** Reason where the policy is to leave failures for people to look at. */
  static final String ABORTED = "Aborted";

  /**
   * Decides.
   *
   * @param latest the last revision, whatever its state; empty only if it is certain that there is
   *     none
   * @param recorded what the chart's status says
   * @param wasDeployed whether there is an earlier revision to roll back to; asked if it matters
   */
  static Plan plan(
      Optional<Revision> latest,
      Wanted wanted,
      Recorded recorded,
      BooleanSupplier wasDeployed,
      Instant now) {
    if (latest.isEmpty()) {
      return inTime(new Plan.Run(Operation.INSTALL, false), wanted, recorded, now);
    }
    Revision revision = latest.get();
    if (revision.isUnfinished() && !recorded.operating()) {
      Optional<Duration> wait = untilCutOff(revision, wanted, now);
      if (wait.isPresent()) {
        return new Plan.LeaveOperating(wait.get());
      }
    }
    if (isManual(revision, wanted, recorded)) {
      return new Plan.LeaveManual();
    }
    return revision.status() == ReleaseStatus.DEPLOYED
        ? ofDeployed(revision, wanted, recorded, now)
        : ofOther(revision, wanted, recorded, wasDeployed, now);
  }

  /** Helm's operations leave no sign of life: what is older than they may be is taken for dead. */
  private static Optional<Duration> untilCutOff(Revision revision, Wanted wanted, Instant now) {
    return revision
        .begun()
        .map(it -> Duration.between(now, it.plus(wanted.timeout())))
        .filter(it -> !it.isNegative() && !it.isZero());
  }

  private static boolean isManual(Revision revision, Wanted wanted, Recorded recorded) {
    boolean sameInputs = recorded.hash().filter(wanted.hash()::equals).isPresent();
    return sameInputs
        && recorded.released()
        && !revision.isUnfinished()
        && (recorded.manual()
            || recorded.revision().filter(it -> it != revision.number()).isPresent());
  }

  private static Plan ofDeployed(Revision revision, Wanted wanted, Recorded recorded, Instant now) {
    if (revision.hash().filter(wanted.hash()::equals).isPresent()) {
      return new Plan.InForce();
    }
    if (recorded.hash().isEmpty() || isOurEnd(revision, recorded)) {
      return inTime(new Plan.TakeOver(), wanted, recorded, now);
    }
    // It has been rolled back, and nothing has changed since: that is how a failure is left.
    if (recorded.isAbout(wanted.hash())
        && recorded.retries().failures() > 0
        && wanted.policy() == FailurePolicy.ABORT) {
      return new Plan.Abandon(ABORTED, false);
    }
    return inTime(new Plan.Run(Operation.UPGRADE, false), wanted, recorded, now);
  }

  /** Our operation has got to its end, and we have not: its mark is missing. */
  private static boolean isOurEnd(Revision revision, Recorded recorded) {
    return recorded.operating() && revision.number() > recorded.revision().orElse(0L);
  }

  private static Plan ofOther(
      Revision revision,
      Wanted wanted,
      Recorded recorded,
      BooleanSupplier wasDeployed,
      Instant now) {
    ReleaseStep step = ReleaseStep.decide(Optional.of(revision.status()), wanted.policy());
    if (wanted.rollBack() && isFailedUpgrade(revision) && wasDeployed.getAsBoolean()) {
      return recorded.isAbout(wanted.hash())
          ? inTime(new Plan.Run(Operation.ROLLBACK, step.mend()), wanted, recorded, now)
          : new Plan.Run(Operation.UPGRADE, step.mend());
    }
    if (step.action() == Action.LEAVE) {
      // Whoever has looked at the failure and changed something wants it to be tried.
      return recorded.hash().isPresent() && !recorded.isAbout(wanted.hash())
          ? new Plan.Run(Operation.UPGRADE, step.mend())
          : new Plan.Abandon(ABORTED, step.mend());
    }
    return inTime(new Plan.Run(operation(step.action()), step.mend()), wanted, recorded, now);
  }

  private static boolean isFailedUpgrade(Revision revision) {
    return revision.number() > 1
        && (revision.status() == ReleaseStatus.FAILED || revision.isUnfinished());
  }

  /** Not before its time, and not beyond the limit; a change of what is wanted begins anew. */
  private static Plan inTime(Plan plan, Wanted wanted, Recorded recorded, Instant now) {
    if (!recorded.isAbout(wanted.hash())) {
      return plan;
    }
    if (recorded.retries().isOver()) {
      return new Plan.Abandon(BACK_OFF_LIMIT_EXCEEDED, false);
    }
    return recorded.retries().wait(now).<Plan>map(Plan.Pause::new).orElse(plan);
  }

  private static Operation operation(Action action) {
    return switch (action) {
      case INSTALL -> Operation.INSTALL;
      case UPGRADE -> Operation.UPGRADE;
      case REINSTALL -> Operation.REINSTALL;
      case LEAVE -> throw new IllegalArgumentException("no operation");
    };
  }
}
