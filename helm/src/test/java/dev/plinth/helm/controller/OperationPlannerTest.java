package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.controller.OperationPlanner.Plan;
import dev.plinth.helm.controller.OperationPlanner.Wanted;
import dev.plinth.helm.release.FailurePolicy;
import dev.plinth.helm.release.ReleaseStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OperationPlannerTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final String HASH = "a1";

  private static final Recorded NOTHING =
      new Recorded(Optional.empty(), Optional.empty(), false, false, false, false, Retries.NONE);

  private static Wanted wanted(FailurePolicy policy) {
    return new Wanted(HASH, policy, false, TIMEOUT);
  }

  private static Recorded released(long revision) {
    return new Recorded(
        Optional.of(revision), Optional.of(HASH), true, false, false, true, Retries.NONE);
  }

  private static Recorded failed(long revision, Retries retries) {
    return new Recorded(
        Optional.of(revision), Optional.of(HASH), false, false, false, true, retries);
  }

  private static Recorded operating(long revision) {
    return new Recorded(
        Optional.of(revision), Optional.of(HASH), false, true, false, true, Retries.NONE);
  }

  private static Optional<Revision> revision(int number, ReleaseStatus status, String hash) {
    return Optional.of(
        new Revision(
            number,
            status,
            Optional.ofNullable(hash),
            Optional.of(NOW.minus(TIMEOUT.multipliedBy(2)))));
  }

  private static Plan plan(Optional<Revision> latest, Wanted wanted, Recorded recorded) {
    return OperationPlanner.plan(latest, wanted, recorded, () -> true, NOW);
  }

  /** The table of K3s, but for what is said of each difference. */
  @ParameterizedTest
  @CsvSource({
    "FAILED, REINSTALL, REINSTALL, false",
    "FAILED, RETRY, UPGRADE, false",
    "UNKNOWN, REINSTALL, REINSTALL, true",
    "UNKNOWN, RETRY, UPGRADE, true",
    "PENDING_INSTALL, REINSTALL, REINSTALL, true",
    "PENDING_INSTALL, RETRY, UPGRADE, true",
    "PENDING_ROLLBACK, REINSTALL, REINSTALL, true",
    "PENDING_ROLLBACK, RETRY, UPGRADE, true",
    "UNINSTALLING, REINSTALL, REINSTALL, true",
    "UNINSTALLING, RETRY, UPGRADE, true",
    "PENDING_UPGRADE, REINSTALL, UPGRADE, true",
    "PENDING_UPGRADE, RETRY, UPGRADE, true",
    "PENDING_UPGRADE, ABORT, UPGRADE, true",
    "SUPERSEDED, ABORT, UPGRADE, false",
    // K3s installs in vain: Helm says that the name is in use.
    "UNINSTALLED, REINSTALL, REINSTALL, false",
    "UNINSTALLED, RETRY, REINSTALL, false",
    "UNINSTALLED, ABORT, REINSTALL, false",
  })
  void a_release_that_is_not_deployed_is_dealt_with_by_its_state_and_the_policy(
      ReleaseStatus status, FailurePolicy policy, Operation operation, boolean mend) {
    assertThat(plan(revision(3, status, HASH), wanted(policy), NOTHING))
        .isEqualTo(new Plan.Run(operation, mend));
  }

  @ParameterizedTest
  @CsvSource({
    "FAILED, false",
    "UNKNOWN, true",
    "PENDING_INSTALL, true",
    "PENDING_ROLLBACK, true",
    "UNINSTALLING, true"
  })
  void abort_leaves_a_failure_until_something_else_is_wanted(ReleaseStatus status, boolean mend) {
    Wanted wanted = wanted(FailurePolicy.ABORT);
    assertThat(plan(revision(3, status, HASH), wanted, NOTHING))
        .isEqualTo(new Plan.Abandon(OperationPlanner.ABORTED, mend));
    assertThat(plan(revision(3, status, HASH), wanted, failed(3, Retries.NONE)))
        .isEqualTo(new Plan.Abandon(OperationPlanner.ABORTED, mend));
    Recorded changed =
        new Recorded(Optional.of(3L), Optional.of("b2"), false, false, false, false, Retries.NONE);
    assertThat(plan(revision(3, status, "b2"), wanted, changed))
        .isEqualTo(new Plan.Run(Operation.UPGRADE, mend));
  }

  @ParameterizedTest
  @EnumSource(FailurePolicy.class)
  void where_there_is_none_it_is_installed(FailurePolicy policy) {
    assertThat(plan(Optional.empty(), wanted(policy), NOTHING))
        .isEqualTo(new Plan.Run(Operation.INSTALL, false));
    assertThat(plan(Optional.empty(), wanted(policy), released(4)))
        .isEqualTo(new Plan.Run(Operation.INSTALL, false));
  }

  @Test
  void what_is_wanted_and_deployed_is_in_force_with_a_status_and_without() {
    Wanted wanted = wanted(FailurePolicy.ABORT);
    Optional<Revision> latest = revision(3, ReleaseStatus.DEPLOYED, HASH);
    assertThat(plan(latest, wanted, released(3))).isEqualTo(new Plan.InForce());
    assertThat(plan(latest, wanted, NOTHING)).isEqualTo(new Plan.InForce());
    // The operation has ended and its end was not written down.
    assertThat(plan(latest, wanted, operating(2))).isEqualTo(new Plan.InForce());
  }

  @Test
  void what_another_has_deployed_is_looked_at_before_it_is_upgraded() {
    Wanted wanted = wanted(FailurePolicy.RETRY);
    assertThat(plan(revision(3, ReleaseStatus.DEPLOYED, null), wanted, NOTHING))
        .isEqualTo(new Plan.TakeOver());
    assertThat(plan(revision(3, ReleaseStatus.DEPLOYED, "k3s"), wanted, NOTHING))
        .isEqualTo(new Plan.TakeOver());
    // Ours, and the mark is missing.
    assertThat(plan(revision(3, ReleaseStatus.DEPLOYED, "old"), wanted, operating(2)))
        .isEqualTo(new Plan.TakeOver());
    assertThat(plan(revision(2, ReleaseStatus.DEPLOYED, "old"), wanted, operating(2)))
        .isEqualTo(new Plan.Run(Operation.UPGRADE, false));
  }

  @ParameterizedTest
  @EnumSource(
      value = ReleaseStatus.class,
      names = {"DEPLOYED", "FAILED", "UNINSTALLED"})
  void a_revision_that_was_not_made_here_is_left_alone_until_something_else_is_wanted(
      ReleaseStatus status) {
    Wanted wanted = wanted(FailurePolicy.REINSTALL);
    assertThat(plan(revision(4, status, HASH), wanted, released(3)))
        .isEqualTo(new Plan.LeaveManual());
    assertThat(plan(revision(4, status, null), wanted, released(3)))
        .isEqualTo(new Plan.LeaveManual());
    Recorded told =
        new Recorded(Optional.of(4L), Optional.of(HASH), true, false, true, true, Retries.NONE);
    assertThat(plan(revision(4, status, HASH), wanted, told)).isEqualTo(new Plan.LeaveManual());
    assertThat(
            plan(
                revision(4, ReleaseStatus.DEPLOYED, HASH),
                new Wanted("b2", FailurePolicy.RETRY, false, TIMEOUT),
                told))
        .isEqualTo(new Plan.Run(Operation.UPGRADE, false));
  }

  @Test
  void an_operation_that_may_be_under_way_is_waited_for_and_ours_is_not() {
    Optional<Revision> young =
        Optional.of(
            new Revision(
                2,
                ReleaseStatus.PENDING_UPGRADE,
                Optional.empty(),
                Optional.of(NOW.minusSeconds(60))));
    assertThat(plan(young, wanted(FailurePolicy.RETRY), NOTHING))
        .isEqualTo(new Plan.LeaveOperating(TIMEOUT.minusSeconds(60)));
    assertThat(plan(young, wanted(FailurePolicy.RETRY), operating(1)))
        .isEqualTo(new Plan.Run(Operation.UPGRADE, true));
  }

  @Test
  void a_failure_is_tried_again_in_time_and_not_for_ever() {
    Wanted wanted = wanted(FailurePolicy.RETRY);
    Optional<Revision> latest = revision(2, ReleaseStatus.FAILED, HASH);
    Retries once = Retries.NONE.failed("no", NOW, 1);
    assertThat(plan(latest, wanted, failed(2, once)))
        .isEqualTo(new Plan.Pause(Duration.ofSeconds(5)));
    assertThat(
            OperationPlanner.plan(latest, wanted, failed(2, once), () -> true, NOW.plusSeconds(5)))
        .isEqualTo(new Plan.Run(Operation.UPGRADE, false));
    Retries twice = once.failed("no", NOW, 1);
    assertThat(plan(latest, wanted, failed(2, twice)))
        .isEqualTo(new Plan.Abandon(OperationPlanner.BACK_OFF_LIMIT_EXCEEDED, false));
    Recorded changed =
        new Recorded(Optional.of(2L), Optional.of(HASH), false, false, false, false, twice);
    assertThat(plan(latest, wanted, changed)).isEqualTo(new Plan.Run(Operation.UPGRADE, false));
  }

  @Test
  void a_failed_upgrade_is_rolled_back_where_that_is_asked_for_and_can_be() {
    Wanted wanted = new Wanted(HASH, FailurePolicy.REINSTALL, true, TIMEOUT);
    Optional<Revision> latest = revision(3, ReleaseStatus.FAILED, HASH);
    assertThat(plan(latest, wanted, operating(2)))
        .isEqualTo(new Plan.Run(Operation.ROLLBACK, false));
    assertThat(OperationPlanner.plan(latest, wanted, operating(2), () -> false, NOW))
        .isEqualTo(new Plan.Run(Operation.REINSTALL, false));
    // Rolled back: what is in force is not what is wanted, and the next attempt has its time.
    Retries once = Retries.NONE.failed("no", NOW, 10);
    Optional<Revision> back = revision(4, ReleaseStatus.DEPLOYED, "old");
    assertThat(plan(back, wanted, failed(4, once)))
        .isEqualTo(new Plan.Pause(Duration.ofSeconds(5)));
    assertThat(plan(back, new Wanted(HASH, FailurePolicy.ABORT, true, TIMEOUT), failed(4, once)))
        .isEqualTo(new Plan.Abandon(OperationPlanner.ABORTED, false));
  }
}
