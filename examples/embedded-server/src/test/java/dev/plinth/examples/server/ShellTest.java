package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {"/plain/path-1.yaml|/plain/path-1.yaml", "/a b|'/a b'", "/it's|'/it'\\''s'"})
  void paths_are_one_word_of_a_shell(Path path, String expected) {
    assertThat(Shell.quoted(path)).isEqualTo(expected);
  }
}
