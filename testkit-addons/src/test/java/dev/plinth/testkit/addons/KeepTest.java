package dev.plinth.testkit.addons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepTest {

  @ParameterizedTest
  @CsvSource({"never, false, false", "on-failure, false, true", "always, true, true"})
  void says_what_is_kept(String text, boolean afterSuccess, boolean afterFailure) {
    assertThat(Keep.parse(text).keeps(false)).isEqualTo(afterSuccess);
    assertThat(Keep.parse(text).keeps(true)).isEqualTo(afterFailure);
  }

  @Test
  void anything_else_is_refused_with_the_name_of_the_parameter() {
    assertThatThrownBy(() -> Keep.parse("yes"))
        .hasMessage("plinth.testkit.keep: found 'yes', expected never, on-failure or always");
  }
}
