package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({"90s,PT1M30S", "5m,PT5M", "1h30m,PT1H30M", "1.5s,PT1.5S"})
  void are_read_as_kubernetes_writes_them(String text, Duration expected) {
    assertThat(Durations.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "0s", "-1m", "5 m", "m", "5d", "99999999999999999999s"})
  void others_are_refused_with_what_was_expected(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durations.parse(text))
        .withMessage("a duration above zero such as 90s, 5m or 1h30m");
  }
}
