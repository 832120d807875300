package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RepairBrakeTest {

  private final FakeClock clock = new FakeClock();
  private final RepairBrake brake = new RepairBrake(clock);

  @Test
  void is_off_at_first_and_for_a_few_repairs() {
    assertThat(brake.pause()).isZero();
    repair(4);
    assertThat(brake.pause()).isZero();
  }

  @Test
  void many_repairs_in_a_short_time_are_followed_by_a_pause_that_ends() {
    repair(5);

    assertThat(brake.pause()).isEqualTo(Duration.ofSeconds(10));
    clock.advance(Duration.ofSeconds(4));
    assertThat(brake.pause()).isEqualTo(Duration.ofSeconds(6));
    clock.advance(Duration.ofSeconds(6));
    assertThat(brake.pause()).isZero();
    clock.advance(Duration.ofDays(1));
    assertThat(brake.pause()).isZero();
  }

  @Test
  void repairs_far_between_never_pull_it() {
    for (int i = 0; i < 50; i++) {
      clock.advance(Duration.ofSeconds(16));
      brake.repaired();
      assertThat(brake.pause()).isZero();
    }
  }

  @Test
  void pauses_grow_while_the_fight_goes_on_and_have_a_limit() {
    repair(5);
    Duration last = Duration.ZERO;
    for (int i = 0; i < 12; i++) {
      Duration pause = brake.pause();
      assertThat(pause).isGreaterThanOrEqualTo(last).isLessThanOrEqualTo(Duration.ofMinutes(5));
      last = pause;
      clock.advance(pause);
      repair(5);
    }
    assertThat(last).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void after_peace_pauses_begin_anew() {
    repair(6);
    assertThat(brake.pause()).isEqualTo(Duration.ofSeconds(20));
    clock.advance(Duration.ofMinutes(10));
    repair(4);
    assertThat(brake.pause()).isZero();
    repair(1);
    assertThat(brake.pause()).isEqualTo(Duration.ofSeconds(10));
  }

  private void repair(int times) {
    for (int i = 0; i < times; i++) {
      brake.repaired();
    }
  }
}
