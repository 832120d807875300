package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CompletionCommandTest {

  @Test
  void bash_completes_commands_and_the_flags_of_addons() throws Exception {
    RecordingTerminal terminal = RecordingTerminal.plain();
    Main.commandLine(terminal.terminal()).execute("completion");

    assertThat(complete(terminal.out(), "plinth", "exp")).containsExactly("explain");
    assertThat(complete(terminal.out(), "plinth", "server", "--servicelb"))
        .containsExactly("--servicelb-namespace");
    assertThat(complete(terminal.out(), "plinth", "plan", "--output", "y")).containsExactly("yaml");
  }

  private static Iterable<String> complete(String script, String... words) throws Exception {
    // Bash complains of what only a shell that completes has; that is none of the answer.
    Process bash =
        new ProcessBuilder("bash").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (OutputStream input = bash.getOutputStream()) {
      String typed = "'" + String.join("' '", words) + "'";
      input.write(
          """
          %s
          COMP_WORDS=(%s)
          COMP_CWORD=%d
          _complete_plinth
          printf '%%s\\n' "${COMPREPLY[@]}"
          """
              .formatted(script, typed, words.length - 1)
              .getBytes(StandardCharsets.UTF_8));
    }
    return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .toList();
  }
}
