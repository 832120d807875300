package dev.plinth.examples.server;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Where log messages go: warnings and worse to the terminal, the whole of it to a file if there is
 * one. The terminal shows progress of its own, and an operator looks for causes in one place.
 */
final class Logging implements AutoCloseable {

  private static final int FILE_LIMIT = 10_000_000;

  private final Logger root = Logger.getLogger("");
  private final Handler terminalHandler;

  private Logging(Terminal terminal) {
    LogManager.getLogManager().reset();
    terminalHandler = new TerminalHandler(terminal);
    root.addHandler(terminalHandler);
  }

  /** Warnings go to the terminal; the rest nowhere. */
  static Logging to(Terminal terminal) {
    return new Logging(terminal);
  }

  /**
   * All messages go to this file too.
   *
   * @throws UsageException if the file cannot be written
   */
  Logging andTo(Path file) {
    try {
      // The pattern's % has a meaning there.
      String pattern = file.toString().replace("%", "%%");
      Handler handler = new FileHandler(pattern, FILE_LIMIT, 1, true);
      handler.setFormatter(new LineFormatter());
      root.addHandler(handler);
      return this;
    } catch (IOException e) {
      throw new UsageException("cannot write the log %s: %s".formatted(file, Reason.of(e)), e);
    }
  }

  @Override
  public void close() {
    for (Handler handler : root.getHandlers()) {
      if (handler != terminalHandler) {
        root.removeHandler(handler);
        handler.close();
      }
    }
  }

  private static final class TerminalHandler extends Handler {

    private final Terminal terminal;

    TerminalHandler(Terminal terminal) {
      this.terminal = terminal;
      setLevel(Level.WARNING);
    }

    @Override
    public void publish(LogRecord record) {
      if (isLoggable(record)) {
        String level = record.getLevel() == Level.WARNING ? "warning: " : "error: ";
        terminal.line(level + record.getMessage());
      }
    }

    @Override
    public void flush() {
      // The terminal keeps nothing back.
    }

    @Override
    public void close() {
      // The terminal is the process's.
    }
  }

  /** One message a line, then the stack trace where there is one. */
  private static final class LineFormatter extends Formatter {

    @Override
    public String format(LogRecord record) {
      StringBuilder line = new StringBuilder();
      line.append(record.getInstant()).append(' ').append(record.getLevel()).append(' ');
      line.append(record.getLoggerName()).append(": ").append(formatMessage(record));
      line.append(System.lineSeparator());
      if (record.getThrown() != null) {
        line.append(Throwables.getStackTraceAsString(record.getThrown()));
      }
      return line.toString();
    }
  }
}
