package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected values are what kubectl 1.35 reads. */
class ScalarResolverTest {

  private final ScalarResolver resolver = new ScalarResolver();

  @ParameterizedTest
  @CsvSource({
    "yes, true",
    "Off, false",
    "y, true",
    "N, false",
    "TRUE, true",
    "yEs, \"yEs\"",
    "~, null",
    "Null, null",
    "nULL, \"nULL\"",
    "010, 8",
    "0o10, 8",
    "08, 8",
    "0x1F, 31",
    "-0b11, -3",
    "0b+1, 1",
    "1_000, 1000",
    "+1, 1",
    "_1, \"_1\"",
    "0xg, \"0xg\"",
    "- , \"-\"",
    "9223372036854775807, 9223372036854775807",
    "9223372036854775808, 9.223372036854776E18",
    "18446744073709551616, 1.8446744073709552E19",
    "1.0, 1",
    "1e3, 1000",
    ".5, 0.5",
    ".5_0, 0.5",
    ".5_, \".5_\"",
    "1., 1",
    "., \".\"",
    "-0.0, 0",
    "1e400, \"1e400\"",
    "1e20, 1.0E20",
    "9223372036854775000.0, 9223372036854775000",
    "2001-01-01, \"2001-01-01\"",
    "12:30, \"12:30\"",
    "<<, \"<<\"",
    "=, \"=\""
  })
  void plainScalarsHaveKubectlsTypes(String text, String json) {
    assertThat(resolver.plain(text).toJson().orElseThrow()).hasToString(json);
  }

  @ParameterizedTest
  @CsvSource({
    "yes, true",
    "0x1F, 31",
    "1e3, 1000",
    "1e6, 1e+06",
    "1000000.5, 1.0000005e+06",
    "1e-5, 1e-05",
    "0.0001, 0.0001",
    "16777217.0, 1.6777216e+07",
    "1e39, .inf",
    "-.inf, -.inf",
    ".NaN, .nan",
    "-0.0, -0",
    "0.1, 0.1",
    "2001-01-01, 2001-01-01"
  })
  void keysBecomeText(String text, String key) {
    assertThat(resolver.plain(text).toKey()).contains(key);
  }

  @Test
  void someKeysHaveNoText() {
    assertThat(resolver.plain("~").toKey()).isEmpty();
    assertThat(resolver.plain("18446744073709551615").toKey()).isEmpty();
  }

  @Test
  void infiniteNumbersHaveNoJson() {
    assertThat(resolver.plain("-.INF").toJson()).isEmpty();
    assertThat(resolver.plain(".nan").toJson()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "str, yes, \"yes\"",
    "int, 0x1F, 31",
    "float, 3, 3",
    "bool, off, false",
    "null, ~, null",
    "binary, aGVsbG8=, \"hello\"",
    "set, a, \"a\"",
    "foo, 12, \"12\""
  })
  void tagsDecide(String tag, String text, String json) throws Exception {
    assertThat(resolver.tagged("tag:yaml.org,2002:" + tag, text).toJson().orElseThrow())
        .hasToString(json);
  }

  @Test
  void privateTagsAreText() throws Exception {
    assertThat(resolver.tagged("!x", "12")).isEqualTo(new GoScalar.Text("12"));
  }

  @ParameterizedTest
  @CsvSource({"int, x", "int, 1.5", "float, x", "bool, 1", "null, x", "binary, x", "timestamp, x"})
  void textThatBreaksThePromiseOfItsTagIsRefused(String tag, String text) {
    assertThatExceptionOfType(ScalarResolver.MismatchException.class)
        .isThrownBy(() -> resolver.tagged("tag:yaml.org,2002:" + tag, text));
  }
}
