package dev.plinth.examples.server;

import java.io.PrintStream;
import java.util.List;

/**
 * Where the launcher writes: documents to standard output, everything else to standard error. On a
 * terminal the last lines of standard error can be a live area that is redrawn in place; lines that
 * come meanwhile are written above it. Thread-safe.
 */
final class Terminal {

  private static final String TO_START_OF_LIVE_AREA = "\u001b[%dF";
  private static final String CLEAR_TO_END = "\u001b[J";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean live;
  private final int columns;

  private List<String> area = List.of();

  Terminal(PrintStream out, PrintStream err, boolean live, int columns) {
    this.out = out;
    this.err = err;
    this.live = live;
    this.columns = columns;
  }

  /**
   * The process's own streams. Whether standard error is a terminal, and how wide it is, the
   * launcher script says: what {@code System.console()} means changed between Java versions.
   */
  static Terminal ofProcess() {
    return new Terminal(
        System.out,
        System.err,
        Boolean.getBoolean("plinth.terminal"),
        Integer.getInteger("plinth.terminal.columns", 80));
  }

  /** True if there is a live area. */
  boolean isLive() {
    return live;
  }

  /** Writes a line to standard error. */
  synchronized void line(String text) {
    StringBuilder frame = new StringBuilder(clearArea());
    frame.append(text).append(System.lineSeparator());
    area.forEach(it -> frame.append(it).append(System.lineSeparator()));
    err.print(frame);
    err.flush();
  }

  /** Replaces the live area; an empty list takes it away. Does nothing where there is none. */
  synchronized void liveArea(List<String> lines) {
    List<String> next = lines.stream().map(this::fitting).toList();
    if (!live || next.equals(area)) {
      return;
    }
    StringBuilder frame = new StringBuilder(clearArea());
    area = next;
    area.forEach(it -> frame.append(it).append(System.lineSeparator()));
    err.print(frame);
    err.flush();
  }

  /** Writes a document to standard output. */
  synchronized void document(String text) {
    liveArea(List.of());
    out.print(text);
    out.flush();
  }

  private String clearArea() {
    return area.isEmpty() ? "" : TO_START_OF_LIVE_AREA.formatted(area.size()) + CLEAR_TO_END;
  }

  /** A line that wraps would be two, and the area could not be found again. */
  private String fitting(String line) {
    int width = Math.max(columns - 1, 1);
    return line.length() <= width ? line : line.substring(0, width - 1) + "…";
  }
}
