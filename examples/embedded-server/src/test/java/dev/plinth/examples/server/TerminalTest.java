package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {

  @Test
  void a_live_area_is_redrawn_in_place() {
    RecordingTerminal screen = RecordingTerminal.live(80);

    screen.terminal().liveArea(List.of("one", "two"));
    screen.terminal().liveArea(List.of("three"));

    assertThat(screen.err()).isEqualTo("one\ntwo\n\u001b[2F\u001b[Jthree\n");
  }

  @Test
  void a_line_is_written_above_the_live_area() {
    RecordingTerminal screen = RecordingTerminal.live(80);

    screen.terminal().liveArea(List.of("area"));
    screen.terminal().line("news");

    assertThat(screen.err()).isEqualTo("area\n\u001b[1F\u001b[Jnews\narea\n");
  }

  @Test
  void a_document_goes_to_standard_output_after_the_live_area_is_gone() {
    RecordingTerminal screen = RecordingTerminal.live(80);

    screen.terminal().liveArea(List.of("area"));
    screen.terminal().document("{}\n");
    screen.terminal().line("after");

    assertThat(screen.out()).isEqualTo("{}\n");
    assertThat(screen.err()).isEqualTo("area\n\u001b[1F\u001b[Jafter\n");
  }

  @Test
  void no_line_of_the_live_area_wraps() {
    RecordingTerminal screen = RecordingTerminal.live(10);

    screen.terminal().liveArea(List.of("123456789", "1234567890"));

    assertThat(screen.err()).isEqualTo("123456789\n12345678…\n");
  }

  @Test
  void without_a_terminal_nothing_is_drawn_in_place() {
    RecordingTerminal screen = RecordingTerminal.plain();

    screen.terminal().liveArea(List.of("area"));
    screen.terminal().line("news");

    assertThat(screen.err()).isEqualTo("news\n");
  }
}
