package dev.plinth.addons.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StatusPaceTest {

  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private final StatusPace pace = new StatusPace(() -> now);

  @Test
  void the_first_write_is_done_at_once_and_the_next_after_a_moment() {
    assertThat(pace.pause("a")).isEmpty();
    pace.wrote("a");

    now = now.plusMillis(100);
    assertThat(pace.pause("a")).contains(Duration.ofMillis(300));
    assertThat(pace.pause("b")).isEmpty();
    now = now.plusMillis(300);
    assertThat(pace.pause("a")).isEmpty();
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
    pace.wrote("a");
    now = now.minusSeconds(3600);

    assertThat(pace.pause("a")).isEmpty();
  }

  @Test
  void of_a_service_that_has_gone_nothing_is_remembered() {
    pace.wrote("a");
    pace.forget("a");

    assertThat(pace.pause("a")).isEmpty();
  }
}
