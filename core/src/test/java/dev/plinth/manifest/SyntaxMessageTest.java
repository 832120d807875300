package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message may stand in an event, and what it is about may be a Secret. */
class SyntaxMessageTest {

  @ParameterizedTest
  @ValueSource(strings = {"q: \"a\\Us3cr3t\"", "q: \"a\\U\ns3cr3t\"", "q: \"a\\x\r\ns3cr3t\""})
  void what_follows_an_escape_that_is_none_is_not_quoted(String text) {
    assertThatThrownBy(() -> new ManifestParser().parse("t.yaml", text))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("hexadecimal numbers, but found:")
        .satisfies(it -> assertThat(it.getMessage()).doesNotContain("s3c"));
  }

  @Test
  void the_place_is_told_all_the_same() {
    assertThatThrownBy(() -> new ManifestParser().parse("t.yaml", "a: 1\nq: \"\\U\ns3cr3t\""))
        .hasMessageContaining("t.yaml:2:");
  }
}
