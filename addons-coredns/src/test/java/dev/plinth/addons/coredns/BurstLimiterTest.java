package dev.plinth.addons.coredns;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BurstLimiterTest {

  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private final BurstLimiter limiter = new BurstLimiter(QUIET, LONGEST_WAIT, () -> now);
  private final BurstLimiter.State state = limiter.initState();

  @Test
  void letsASingleEventThroughAtOnce() {
    assertThat(limiter.isLimited(state)).isEmpty();
  }

  @Test
  void gathersABurstUntilItIsQuiet() {
    limiter.isLimited(state);

    for (int i = 0; i < 10; i++) {
      passes(Duration.ofMillis(100));
      assertThat(limiter.isLimited(state)).contains(QUIET);
    }
    passes(QUIET);

    assertThat(limiter.isLimited(state)).isEmpty();
  }

  @Test
  void letsABurstThatDoesNotEndThroughNowAndThen() {
    int runs = 0;
    for (int i = 0; i < 200; i++) {
      runs += limiter.isLimited(state).isEmpty() ? 1 : 0;
      passes(Duration.ofMillis(100));
    }

    assertThat(runs).as("in 20 seconds, the first at once").isEqualTo(1 + 3);
  }

  @Test
  void keepsResourcesApart() {
    limiter.isLimited(state);

    assertThat(limiter.isLimited(limiter.initState())).isEmpty();
  }

  @Test
  void isNotStoppedByAClockThatIsSetBack() {
    limiter.isLimited(state);
    passes(Duration.ofDays(-1));
    assertThat(limiter.isLimited(state)).contains(QUIET);
    passes(QUIET);

    assertThat(limiter.isLimited(state)).isEmpty();
  }

  private void passes(Duration duration) {
    now = now.plus(duration);
  }
}
