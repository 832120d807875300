package dev.plinth.addons.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusPaceTest {

  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private final StatusPace pace = new StatusPace(() -> now);

  @Test
  void the_first_write_is_done_at_once_and_the_next_after_a_moment() {
    assertThat(pace.pause("a", false)).isEmpty();
    pace.wrote("a", false);

    now = now.plusMillis(100);
    assertThat(pace.pause("a", false)).contains(Duration.ofMillis(300));
    assertThat(pace.pause("b", false)).isEmpty();
    now = now.plusMillis(300);
    assertThat(pace.pause("a", false)).isEmpty();
  }

  @Test
  void when_all_pods_are_ready_nobody_waits_for_more() {
    pace.wrote("a", false);
    now = now.plusMillis(20);

    assertThat(pace.pause("a", true)).isEmpty();
    pace.wrote("a", true);
    assertThat(pace.pause("a", true)).contains(Duration.ofMillis(400));
    assertThat(pace.pause("a", false)).contains(Duration.ofMillis(400));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0", "7, 0", "40, 0", "61, 0", "133, 0", "200, 0", "399, 0", "400, 0", "401, 0", "790, 0",
    "1, 50", "7, 50", "36, 50", "37, 50", "61, 50", "133, 50", "199, 50", "399, 50", "450, 50"
  })
  void after_the_first_write_there_are_no_more_than_moments_have_begun_until_the_last_pod(
      int millisApart, int answerAfter) {
    int pods = 12;
    // The last pod is seen as late as the API server answers.
    long lastSeen = (pods - 1L) * millisApart + answerAfter;
    int told = 0;
    int writes = 0;
    long since = 0;
    while (told < pods) {
      boolean complete = since >= lastSeen;
      int ready = complete ? pods : (int) Math.min(pods - 1, 1 + since / millisApart);
      if (ready > told && pace.pause("a", complete).isEmpty()) {
        long longestWait = since - (long) told * millisApart;
        assertThat(longestWait).isLessThanOrEqualTo(StatusPace.MOMENT.toMillis() + answerAfter);
        told = ready;
        writes++;
        now = now.plusMillis(answerAfter);
        since += answerAfter;
        pace.wrote("a", complete);
      }
      now = now.plusMillis(1);
      since++;
    }
    long untilLast = (pods - 1L) * millisApart;
    assertThat(writes).isLessThanOrEqualTo((int) (1 + (untilLast + 399) / 400));
    assertThat(since).isLessThanOrEqualTo(lastSeen + 2L * answerAfter + 1);
  }

  @Test
  void a_pause_is_of_whole_milliseconds_so_that_nobody_comes_back_early() {
    pace.wrote("a", false);

    now = now.plusMillis(100).minusNanos(100);
    assertThat(pace.pause("a", false)).contains(Duration.ofMillis(301));
  }

  @Test
  void a_problem_is_told_when_it_has_lasted_for_a_moment() {
    assertThat(pace.untilTold("a")).contains(Duration.ofMillis(400));
    now = now.plusMillis(399);
    assertThat(pace.untilTold("a")).contains(Duration.ofMillis(1));
    pace.solved("a");
    assertThat(pace.untilTold("a")).contains(Duration.ofMillis(400));
    now = now.plusMillis(400);
    assertThat(pace.untilTold("a")).isEmpty();
  }

  @Test
  void nobody_waits_for_a_clock_that_was_set_back() {
    pace.wrote("a", false);
    now = now.minusSeconds(3600);

    assertThat(pace.pause("a", false)).isEmpty();
  }

  @Test
  void of_a_service_that_has_gone_nothing_is_remembered() {
    pace.wrote("a", false);
    pace.forget("a");

    assertThat(pace.pause("a", false)).isEmpty();
  }
}
