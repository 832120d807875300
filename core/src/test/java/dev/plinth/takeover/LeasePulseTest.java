package dev.plinth.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ticker;
import dev.plinth.Json;
import dev.plinth.takeover.LeasePulse.Sign;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeasePulseTest {

  private final AtomicLong nanos = new AtomicLong();
  private final LeasePulse pulse =
      new LeasePulse(
          new Ticker() {
            @Override
            public long read() {
              return nanos.get();
            }
          });

  @Test
  void without_a_lease_nobody_is_waited_for() {
    pulse.look(Optional.empty());

    assertThat(pulse.sign()).isEqualTo(Sign.ABSENT);
  }

  @Test
  void a_first_look_tells_nothing_whatever_time_stands_in_the_lease() {
    look("host", "2001-01-01T00:00:00Z", 45);
    assertThat(pulse.sign()).isEqualTo(Sign.UNDECIDED);

    look("host", "2099-01-01T00:00:00Z", 45);
    assertThat(pulse.sign()).isEqualTo(Sign.ALIVE);
  }

  @Test
  void whoever_does_not_renew_within_the_duration_is_dead() {
    look("host", "2099-01-01T00:00:00Z", 45);
    passes(45);
    look("host", "2099-01-01T00:00:00Z", 45);
    assertThat(pulse.sign()).isEqualTo(Sign.UNDECIDED);

    passes(1);
    look("host", "2099-01-01T00:00:00Z", 45);
    assertThat(pulse.sign()).isEqualTo(Sign.DEAD);
  }

  @Test
  void whoever_renews_is_alive_until_the_duration_is_over() {
    look("host", "a", 45);
    passes(40);
    look("host", "b", 45);
    passes(45);
    look("host", "b", 45);
    assertThat(pulse.sign()).isEqualTo(Sign.ALIVE);

    passes(1);
    look("host", "b", 45);
    assertThat(pulse.sign()).isEqualTo(Sign.DEAD);
    look("host", "c", 45);
    assertThat(pulse.sign()).isEqualTo(Sign.ALIVE);
  }

  @Test
  void a_lease_that_was_given_up_is_waited_for_as_long_as_another_server_takes_to_take_it() {
    look("", "a", 1);
    passes(4);
    assertThat(pulse.sign()).isEqualTo(Sign.UNDECIDED);
    passes(2);
    assertThat(pulse.sign()).isEqualTo(Sign.DEAD);
  }

  @Test
  void a_lease_that_is_deleted_is_nobodys() {
    look("host", "a", 45);
    pulse.look(Optional.empty());

    assertThat(pulse.sign()).isEqualTo(Sign.ABSENT);
  }

  private void look(String holder, String renewTime, int seconds) {
    pulse.look(
        Optional.of(
            Json.object(
                "{\"spec\":{\"holderIdentity\":\"%s\",\"renewTime\":\"%s\",\"leaseDurationSeconds\":%d}}"
                    .formatted(holder, renewTime, seconds))));
  }

  private void passes(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
