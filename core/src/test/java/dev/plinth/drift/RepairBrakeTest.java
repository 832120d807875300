package dev.plinth.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RepairBrakeTest {

  private final FakeClock clock = new FakeClock();
  private final RepairBrake brake = new RepairBrake(clock);

  @Test
  void is_off_at_first_and_for_a_few_repairs() {
    assertThat(brake.allows()).isTrue();
    repair(4);
    assertThat(brake.allows()).isTrue();
    assertThat(brake.isPulled()).isFalse();
    assertThat(brake.nextLook()).isEmpty();
  }

  @Test
  void the_fifth_repair_within_a_minute_is_followed_by_a_pause_that_ends() {
    repair(5);

    assertThat(brake.isPulled()).isTrue();
    assertThat(brake.allows()).isFalse();
    assertThat(brake.nextLook()).contains(in(Duration.ofSeconds(10)));
    clock.advance(Duration.ofSeconds(10));
    assertThat(brake.allows()).isTrue();
  }

  @Test
  void a_repair_that_was_refused_is_looked_after_even_if_the_pause_ends_meanwhile() {
    repair(5);
    clock.advance(Duration.ofSeconds(10).minusNanos(1));
    assertThat(brake.allows()).isFalse();
    clock.advance(Duration.ofSeconds(1));

    assertThat(brake.nextLook()).contains(in(Duration.ofSeconds(-1).plusNanos(1)));
  }

  @Test
  void repairs_far_between_never_pull_it() {
    for (int i = 0; i < 50; i++) {
      clock.advance(Duration.ofSeconds(16));
      brake.repaired();
      assertThat(brake.isPulled()).isFalse();
    }
  }

  @Test
  void each_repair_of_a_fight_doubles_the_pause_up_to_five_minutes() {
    repair(5);
    for (int seconds : new int[] {10, 20, 40, 80, 160, 300, 300}) {
      Duration pause = Duration.ofSeconds(seconds);
      assertThat(brake.allows()).isFalse();
      assertThat(brake.nextLook()).contains(in(pause));
      clock.advance(pause.minusMillis(1));
      assertThat(brake.allows()).isFalse();
      clock.advance(Duration.ofMillis(1));
      assertThat(brake.allows()).isTrue();
      brake.repaired();
    }
  }

  @Test
  void lets_go_when_the_object_was_left_alone_for_a_minute() {
    repair(5);
    clock.advance(Duration.ofSeconds(59));
    brake.calm();
    assertThat(brake.isPulled()).isTrue();
    assertThat(brake.nextLook()).contains(in(Duration.ofSeconds(1)));

    clock.advance(Duration.ofSeconds(1));
    brake.calm();

    assertThat(brake.isPulled()).isFalse();
    assertThat(brake.isSpent()).isTrue();
    repair(4);
    assertThat(brake.isPulled()).isFalse();
  }

  @Test
  void does_not_let_go_before_the_pause_is_over() {
    repair(9);
    clock.advance(Duration.ofMinutes(2));
    brake.calm();
    assertThat(brake.isPulled()).isTrue();

    clock.advance(Duration.ofMinutes(3));
    brake.calm();
    assertThat(brake.isPulled()).isFalse();
  }

  @Test
  void has_something_to_remember_for_a_minute_after_each_repair() {
    assertThat(brake.isSpent()).isTrue();
    brake.repaired();
    assertThat(brake.isSpent()).isFalse();
    clock.advance(Duration.ofSeconds(61));
    assertThat(brake.isSpent()).isTrue();
  }

  private Instant in(Duration time) {
    return clock.instant().plus(time);
  }

  private void repair(int times) {
    for (int i = 0; i < times; i++) {
      brake.repaired();
    }
  }
}
