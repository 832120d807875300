package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.model.HelmChart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetriesTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void pauses_double_from_five_seconds_to_five_minutes() {
    List<Long> seconds = new ArrayList<>();
    Retries retries = Retries.NONE;
    for (int i = 0; i < 9; i++) {
      retries = retries.failed("no", NOW, 100);
      seconds.add(retries.wait(NOW).map(Duration::toSeconds).orElse(0L));
    }
    assertThat(seconds).containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
    assertThat(retries.wait(NOW.plusSeconds(300))).isEmpty();
  }

  @Test
  void the_limit_counts_retries_and_not_the_first_attempt() {
    assertThat(Retries.NONE.failed("no", NOW, 0).isOver()).isTrue();
    Retries once = Retries.NONE.failed("no", NOW, 1);
    assertThat(once.isOver()).isFalse();
    assertThat(once.failed("no", NOW, 1).isOver()).isTrue();
    assertThat(Retries.NONE.isOver()).isFalse();
  }

  @Test
  void a_restart_forgets_none() {
    HelmChart chart = Charts.chart("a", "b", "{}");
    chart.getMetadata().setGeneration(7L);
    Retries retries = Retries.NONE.failed("first", NOW, 10).failed("second", NOW, 10);
    chart.setStatus(ChartReport.of(chart).withRetries(retries).status(chart, NOW));
    assertThat(Retries.of(Optional.of(chart.getStatus()))).isEqualTo(retries);
  }
}
