package dev.plinth.helm.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

  @ParameterizedTest
  @CsvSource({
    "5m0s, PT5M",
    "15m, PT15M",
    "1h30m, PT1H30M",
    "1.5h, PT1H30M",
    "300ms, PT0.3S",
    ".5s, PT0.5S",
    "1.s, PT1S",
    "10us, PT0.00001S",
    "10µs, PT0.00001S",
    "+1s, PT1S",
    "0, PT0S",
    "0.1ns, PT0S",
  })
  void reads_what_go_reads(String text, Duration expected) {
    assertThat(GoDuration.parse(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5x", "300", "-5m", "5 m", ".s", "s", "1h ", "9999999h", "1d", "5m0", "1_0s"})
  void refuses_everything_else(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }
}
