package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.FakeClock;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.PlinthListener;
import dev.plinth.report.Scope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StatusBoardTest {

  private static final Verdict READY = new Verdict(AddonState.READY, "Ready", "1 object");
  private static final Verdict PROGRESSING = new Verdict(AddonState.PROGRESSING, "Found", "");

  private static final Duration LONG = Duration.ofHours(1);

  private final FakeClock clock = new FakeClock();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final StatusBoard board =
      new StatusBoard(
          "test-listener",
          new PlinthListener() {
            @Override
            public void onStatus(AddonStatus status) {
              told.add(status.name() + " " + status.state() + " " + status.time().toSeconds());
              if (status.reason().equals("Throw")) {
                throw new IllegalStateException("a listener's defect, on purpose");
              }
            }

            @Override
            public void onWarning(String warning) {
              told.add(warning);
            }
          },
          clock);

  @AfterEach
  void close() {
    board.close();
  }

  @Test
  void reports_addons_by_name_and_warnings_once() {
    publish("b", AddonState.READY, "Ready");
    publish("a", AddonState.DISABLED, "DisableFlag");
    board.warn("careful");
    board.warn("careful");

    AddonReport report = board.report();

    assertThat(report.addons()).extracting(AddonStatus::name).containsExactly("a", "b");
    assertThat(report.warnings()).containsExactly("careful");
  }

  @Test
  void time_counts_from_the_moment_the_server_answers_until_the_state_is_reached() {
    publish("a", AddonState.PROGRESSING, "Starting");
    clock.advance(Duration.ofSeconds(100));
    board.apiServerReady();
    clock.advance(Duration.ofSeconds(3));
    publish("a", AddonState.READY, "Ready");
    clock.advance(Duration.ofSeconds(50));

    assertThat(timeOf("a")).hasSeconds(3);
  }

  @Test
  void while_progressing_time_goes_on() {
    publish("a", AddonState.PROGRESSING, "Starting");
    clock.advance(Duration.ofSeconds(5));
    assertThat(timeOf("a")).hasSeconds(5);
    publish("a", AddonState.PROGRESSING, "Other");
    clock.advance(Duration.ofSeconds(2));
    assertThat(timeOf("a")).hasSeconds(7);
    board.close();

    assertThat(told).containsExactly("a PROGRESSING 0", "a PROGRESSING 5");
  }

  @Test
  void another_message_in_the_same_settled_state_keeps_its_time() {
    clock.advance(Duration.ofSeconds(3));
    publish("a", AddonState.READY, "Ready");
    clock.advance(Duration.ofSeconds(50));
    publish("a", AddonState.READY, "ReadyAsWell");

    assertThat(timeOf("a")).hasSeconds(3);
  }

  @Test
  void tells_in_order_and_nothing_twice() {
    publish("a", AddonState.PROGRESSING, "Starting");
    clock.advance(Duration.ofSeconds(1));
    publish("a", AddonState.PROGRESSING, "Starting");
    board.warn("careful");
    publish("a", AddonState.READY, "Ready");
    publish("a", AddonState.READY, "Ready");
    board.close();

    assertThat(told).containsExactly("a PROGRESSING 0", "careful", "a READY 1");
  }

  @Test
  void a_listener_that_throws_is_told_the_rest_all_the_same() {
    publish("a", AddonState.PROGRESSING, "Throw");
    publish("a", AddonState.READY, "Ready");
    board.close();

    assertThat(told).containsExactly("a PROGRESSING 0", "a READY 0");
  }

  @Test
  void waits_until_all_have_settled() throws Exception {
    publish("a", AddonState.PROGRESSING, "Starting");
    publish("b", AddonState.PROGRESSING, "Starting");
    FutureTask<AddonReport> waiting = waitFor(LONG);

    publish("a", AddonState.FAILED, "Forbidden");
    publish("b", AddonState.BLOCKED, "RequirementMissing");

    AddonReport report = waiting.get();
    assertThat(report.settled()).isTrue();
    assertThat(report.ready()).isFalse();
  }

  @Test
  void waits_no_longer_than_asked_for() throws Exception {
    publish("a", AddonState.PROGRESSING, "Starting");

    assertThat(board.await(Duration.ofMillis(1)).settled()).isFalse();
    assertThat(board.await(Duration.ZERO).settled()).isFalse();
  }

  @Test
  void waits_for_nothing_if_there_are_no_addons() throws Exception {
    assertThat(board.await(LONG).ready()).isTrue();
  }

  @Test
  void as_good_as_for_ever_is_a_time_to_wait_too() throws Exception {
    publish("a", AddonState.PROGRESSING, "Starting");
    FutureTask<AddonReport> waiting = waitFor(Duration.ofSeconds(Long.MAX_VALUE));

    publish("a", AddonState.READY, "Ready");

    assertThat(waiting.get().ready()).isTrue();
  }

  @Test
  void closing_ends_all_waiting() throws Exception {
    publish("a", AddonState.PROGRESSING, "Starting");
    FutureTask<AddonReport> waiting = waitFor(LONG);

    board.close();

    assertThat(waiting.get().settled()).isFalse();
  }

  @Test
  void after_the_end_statuses_are_kept_and_nobody_is_told() {
    board.close();
    publish("a", AddonState.READY, "Ready");

    assertThat(board.report().addon("a")).isPresent();
    assertThat(told).isEmpty();
  }

  /** Returns when the waiting has begun. */
  private FutureTask<AddonReport> waitFor(Duration timeout) {
    FutureTask<AddonReport> waiting = new FutureTask<>(() -> board.await(timeout));
    Thread thread = new Thread(waiting);
    thread.start();
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING || !thread.isAlive());
    return waiting;
  }

  private Duration timeOf(String name) {
    return board.report().addon(name).orElseThrow().time();
  }

  private void publish(String name, AddonState state, String reason) {
    board.publish(name, state, reason, "", 0);
  }

  @Test
  void files_are_waited_for_in_the_wider_scope_only() throws Exception {
    board.publish("web", AddonState.READY, "Ready", "", 1);
    board.publishFile("a.yaml", 1, PROGRESSING, 0);
    board.publishFile("B.yaml", 1, READY, 1);

    assertThat(board.await(LONG, Scope.ADDONS).ready()).isTrue();
    AddonReport report = board.await(Duration.ofMillis(1), Scope.ADDONS_AND_FILES);
    assertThat(report.settled(Scope.ADDONS_AND_FILES)).isFalse();
    assertThat(report.files()).extracting(AddonStatus::name).containsExactly("B.yaml", "a.yaml");

    board.publishFile("a.yaml", 1, READY, 1);
    assertThat(board.await(LONG, Scope.ADDONS_AND_FILES).ready(Scope.ADDONS_AND_FILES)).isTrue();
  }

  @Test
  void news_of_an_older_look_at_a_file_is_not_what_is_waited_for() throws Exception {
    board.publishFile("a.yaml", 1, READY, 1);
    board.doubtFile("a.yaml", 2);
    board.publishFile("a.yaml", 1, READY, 1);

    FutureTask<AddonReport> waiting =
        new FutureTask<>(() -> board.await(LONG, Scope.ADDONS_AND_FILES));
    Thread thread = new Thread(waiting, "test-waiting");
    thread.start();
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    board.publishFile("a.yaml", 2, new Verdict(AddonState.FAILED, "Bad", "bad"), 1);

    assertThat(waiting.get(30, TimeUnit.SECONDS).file("a.yaml").orElseThrow().reason())
        .isEqualTo("Bad");
  }

  @Test
  void a_file_that_is_gone_is_not_waited_for() throws Exception {
    board.publishFile("a.yaml", 1, PROGRESSING, 0);
    board.doubtFile("a.yaml", 2);

    board.forgetFile("a.yaml");

    assertThat(board.await(LONG, Scope.ADDONS_AND_FILES).files()).isEmpty();
  }
}
