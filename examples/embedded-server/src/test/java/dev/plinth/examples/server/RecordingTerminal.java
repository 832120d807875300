package dev.plinth.examples.server;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A terminal that keeps what was written to it. */
record RecordingTerminal(
    Terminal terminal, ByteArrayOutputStream outBytes, ByteArrayOutputStream errBytes) {

  static RecordingTerminal live(int columns) {
    return of(true, columns);
  }

  static RecordingTerminal plain() {
    return of(false, 80);
  }

  String out() {
    return outBytes.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return errBytes.toString(StandardCharsets.UTF_8);
  }

  private static RecordingTerminal of(boolean live, int columns) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            live,
            columns);
    return new RecordingTerminal(terminal, out, err);
  }
}
