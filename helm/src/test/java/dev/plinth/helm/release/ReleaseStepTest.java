package dev.plinth.helm.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseStepTest {

  private static final String TABLE =
      """
      -                , INSTALL      , INSTALL      , INSTALL
      deployed         , UPGRADE      , UPGRADE      , UPGRADE
      superseded       , UPGRADE      , UPGRADE      , UPGRADE
      failed           , REINSTALL    , LEAVE        , UPGRADE
      unknown          , REINSTALL !  , LEAVE !      , UPGRADE !
      pending-install  , REINSTALL !  , LEAVE !      , UPGRADE !
      pending-rollback , REINSTALL !  , LEAVE !      , UPGRADE !
      uninstalling     , REINSTALL !  , LEAVE !      , UPGRADE !
      pending-upgrade  , UPGRADE !    , UPGRADE !    , UPGRADE !
      uninstalled      , REINSTALL    , REINSTALL    , REINSTALL
      """;

  @ParameterizedTest
  @CsvSource(textBlock = TABLE)
  void every_state_under_every_policy(String status, String reinstall, String abort, String retry) {
    Optional<ReleaseStatus> found =
        status.equals("-") ? Optional.empty() : Optional.of(ReleaseStatus.of(status));
    assertThat(show(found, FailurePolicy.REINSTALL)).isEqualTo(reinstall);
    assertThat(show(found, FailurePolicy.ABORT)).isEqualTo(abort);
    assertThat(show(found, FailurePolicy.RETRY)).isEqualTo(retry);
  }

  /** With an exclamation mark if the last revision has to be mended first. */
  private static String show(Optional<ReleaseStatus> status, FailurePolicy policy) {
    ReleaseStep step = ReleaseStep.decide(status, policy);
    return step.action() + (step.mend() ? " !" : "");
  }

  @Test
  void the_table_has_every_state() {
    Set<String> states =
        TABLE.lines().map(line -> line.split(",")[0].strip()).collect(Collectors.toSet());
    assertThat(states)
        .containsAll(Arrays.stream(ReleaseStatus.values()).map(ReleaseStatus::helmName).toList());
  }

  @Test
  void what_helm_refuses_to_work_on_is_mended() {
    for (ReleaseStatus status : ReleaseStatus.values()) {
      if (status.isInterrupted()) {
        assertThat(ReleaseStep.decide(Optional.of(status), FailurePolicy.RETRY).mend()).isTrue();
      }
    }
  }

  @Test
  void policies_have_the_names_of_the_field() {
    assertThat(FailurePolicy.of("reinstall")).contains(FailurePolicy.REINSTALL);
    assertThat(FailurePolicy.of("Retry")).isEmpty();
  }
}
