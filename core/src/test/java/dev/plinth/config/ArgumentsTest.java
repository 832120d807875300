package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

  private static final KnownFlags KNOWN = KnownFlags.of(List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--data-dir /x",
        "--data-dir=/x",
        "-data-dir /x",
        "-data-dir=/x",
        "-d /x",
        "-d=/x",
        "--d=/x",
        "--debug -d /x --token=secret"
      })
  void aValueFollowsOrStandsBehindTheEqualsSign(String line) {
    Arguments arguments = parse(line.split(" "));

    assertThat(arguments.valuesOf(PlinthOptions.DATA_DIR))
        .extracting(Setting::text)
        .containsExactly("/x");
    assertThat(arguments.remaining()).isEmpty();
  }

  @Test
  void aSwitchTakesNoArgument() {
    Arguments arguments = parse("--prune-removed-manifests", "false");

    assertThat(arguments.valuesOf(PlinthOptions.PRUNE_REMOVED_MANIFESTS))
        .extracting(Setting::text)
        .containsExactly("true");
    assertThat(arguments.remaining()).containsExactly("false");
  }

  @Test
  void aValueMayHoldEqualsSignsAndBeEmptyOrBeginWithADash() {
    Arguments arguments = parse("--disable=a=b", "--disable=", "--disable", "", "--disable", "-");

    assertThat(arguments.valuesOf(PlinthOptions.DISABLE))
        .extracting(Setting::text)
        .containsExactly("a=b", "", "", "-");
  }

  @Test
  void anUnknownFlagKeepsTheValueThatFollows() {
    Arguments arguments =
        parse("server", "--who", "me", "--what=that", "it", "--why", "--debug", "-x", "-1", "y");

    assertThat(arguments.remaining())
        .containsExactly("server", "--who", "me", "--what=that", "it", "--why", "-x", "-1", "y");
    assertThat(arguments.given()).extracting(it -> it.flag().name()).containsExactly("debug");
  }

  @Test
  void nothingIsReadAfterTwoDashes() {
    Arguments arguments = parse("--debug", "--", "--disable", "traefik");

    assertThat(arguments.valuesOf(PlinthOptions.DISABLE)).isEmpty();
    assertThat(arguments.remaining()).containsExactly("--", "--disable", "traefik");
  }

  @Test
  void aMissingValueIsAnError() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> parse("--disable"))
        .withMessage("flag --disable: the value is missing");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> parse("--token"))
        .withMessage("flag --token: the value is missing");
  }

  @Test
  void aKnownFlagIsNotTakenForAValue() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> parse("--disable", "--token=secret"))
        .withMessage(
            "flag --disable: the value is missing, the flag --token follows; a value like that is"
                + " written --disable=...");
  }

  @Test
  void aK3sFlagWithoutEffectTakesAnyValueAsK3sDoes() {
    Arguments arguments = parse("--kubelet-arg", "--v=4", "--disable", "traefik");

    assertThat(arguments.given())
        .extracting(it -> it.flag().name())
        .containsExactly("kubelet-arg", "disable");
  }

  @Property
  void whatIsNoFlagIsHandedBackAsItWas(@ForAll List<String> words) {
    List<String> noFlags = words.stream().map(it -> "w" + it).toList();

    assertThat(Arguments.parse(noFlags, KNOWN).remaining()).isEqualTo(noFlags);
  }

  @Property
  void anyTextIsAValueBehindAnEqualsSign(@ForAll String text) {
    assertThat(parse("--disable=" + text).valuesOf(PlinthOptions.DISABLE))
        .extracting(Setting::text)
        .containsExactly(text);
  }

  private static Arguments parse(String... arguments) {
    return Arguments.parse(List.of(arguments), KNOWN);
  }
}
