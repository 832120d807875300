package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownFlagsTest {

  @ParameterizedTest
  @CsvSource({
    "--disabel, --disable",
    "--disabel=traefik, --disable",
    "disabel, --disable",
    "-disabel, --disable",
    "--flanel-backend, --flannel-backend",
    "--servicelb-prots, --servicelb-ports",
  })
  void theNearestFlagIsFound(String typed, String meant) {
    KnownFlags known = KnownFlags.of(List.of(Owner.of("servicelb", text("servicelb-ports"))));

    assertThat(known.nearest(typed)).hasValue(meant);
  }

  @Test
  void aFlagLikeNoneHasNoNearest() {
    assertThat(KnownFlags.of(List.of()).nearest("--make-coffee=black")).isEmpty();
  }

  @Test
  void anOwnerTakesAK3sFlagOverWithItsLetter() {
    Option<String> option = text("write-kubeconfig");
    KnownFlags known = KnownFlags.of(List.of(Owner.of("host", option)));

    assertThat(known.find("write-kubeconfig")).isEqualTo(known.find("o"));
    assertThat(known.find("o").orElseThrow().option()).containsSame(option);
  }

  @Test
  void aK3sFlagThatNobodyTookHasNoOption() {
    KnownFlags known = KnownFlags.of(List.of());

    assertThat(known.find("token").orElseThrow().option()).isEmpty();
    assertThat(known.find("token").orElseThrow().isSwitch()).isFalse();
    assertThat(known.find("debug").orElseThrow().isSwitch()).isTrue();
    assertThat(known.find("nonsense")).isEmpty();
  }

  @Test
  void twoOwnersOfOneOptionAreNamed() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> KnownFlags.of(List.of(Owner.of("a", text("port")), Owner.of("b", text("port")))))
        .withMessage("option 'port' is declared twice: by 'a' and by 'b'");
  }

  @Test
  void anOwnerThatRedeclaresAnOptionOfPlinthIsNamed() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> KnownFlags.of(List.of(Owner.of("a", text("disable")))))
        .withMessage("option 'disable' is declared twice: by 'plinth' and by 'a'");
  }

  @Test
  void twoOptionsWithOneKeyAreNamed() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                KnownFlags.of(
                    List.of(Owner.of("a", text("a-path").withConfigKey("path"), text("path")))))
        .withMessage("'a' declares two options with the key 'path': 'a-path' and 'path'");
  }

  @ParameterizedTest
  @CsvSource({"a", "plinth"})
  void twoOwnersOfOneNameAreRefused(String name) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> KnownFlags.of(List.of(Owner.of("a", text("x")), Owner.of(name, text("y")))))
        .withMessage("two owners of options are named '%s'", name);
  }

  private static Option<String> text(String name) {
    return Option.text(name, null, "for tests");
  }
}
