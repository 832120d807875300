package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionTest {

  private enum Fruit {
    APPLE,
    BLOOD_ORANGE
  }

  @Test
  void defaultsAreParsedAndMayBeMissing() {
    assertThat(Option.number("nodes", 0, 100, 3, "").defaults()).containsExactly(3);
    assertThat(Option.text("output", null, "").defaults()).isEmpty();
    assertThat(Option.flag("exit-when-ready", "").defaults()).containsExactly(false);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "1, true", "t, true", "True, true", "false, false", "0, false"})
  void aSwitchTakesTheBooleansThatGoTakes(String text, boolean value) {
    assertThat(Option.flag("s", "").parser().apply(text)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "on", "", "TRUe", "2"})
  void aSwitchTakesNothingElse(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Option.flag("s", "").parser().apply(text))
        .withMessage("true or false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-1", "x", "", "99999999999", "1.5", "0x10"})
  void aNumberOutsideItsLimitsIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Option.number("port", 1, 65535, 6443, "").parser().apply(text))
        .withMessage("a whole number from 1 to 65535");
  }

  @Test
  void aChoiceIsWrittenInLowerCaseWithDashes() {
    Option<Fruit> option = Option.choice("fruit", Fruit.class, Fruit.APPLE, "");

    assertThat(option.parser().apply("blood-orange")).isEqualTo(Fruit.BLOOD_ORANGE);
    assertThat(option.defaults()).containsExactly(Fruit.APPLE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> option.parser().apply("pear"))
        .withMessage("one of apple, blood-orange");
  }

  @Test
  void traitsAddUp() {
    Option<String> option =
        Option.text("a", null, "").withManyValues().agreedBetweenServers().withSecretValue();

    assertThat(option.repeatable()).isTrue();
    assertThat(option.mustAgree()).isTrue();
    assertThat(option.isSecret()).isTrue();
    assertThat(option.isFlag()).isFalse();
    assertThat(option.withEnvironment("A").withConfigKey("b").traits()).isEqualTo(option.traits());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", "A", "a_b", "a=b", "a b", "a--b", "a+"})
  void aNameThatNoCommandLineTakesIsRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Option.text(name, null, ""))
        .withMessageContaining("option name '" + name + "'");
  }

  @Test
  void aDefaultThatIsNoValidValueIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Option.number("n", 1, 2, 3, ""));
  }
}
