package dev.plinth.examples.server;

import java.nio.file.Path;

/** Writes what users copy into a shell. */
final class Shell {

  private Shell() {}

  /** The path as one word for any POSIX shell. */
  static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[\\w./+@%:=-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
