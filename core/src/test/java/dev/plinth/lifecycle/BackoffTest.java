package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private final Backoff backoff = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(2));

  @Test
  void pauses_double_up_to_the_longest() {
    assertThat(Stream.generate(backoff::next).limit(5).map(Duration::toMillis))
        .containsExactly(250L, 500L, 1000L, 2000L, 2000L);
  }

  @Test
  void after_a_success_they_begin_anew() {
    backoff.next();
    backoff.next();
    backoff.reset();

    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void no_number_of_failures_is_too_large() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(backoff.next()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(2));
    }
  }
}
