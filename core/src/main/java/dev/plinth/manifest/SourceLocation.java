package dev.plinth.manifest;

import static java.util.Objects.requireNonNull;

/**
 * A place in a manifest.
 *
 * @param source the file as the user knows it
 * @param line from 1
 * @param column from 1
 */
public record SourceLocation(String source, int line, int column) {

  public SourceLocation {
    requireNonNull(source, "source");
  }

  /** {@code file:line:column}, as editors and compilers write it. */
  @Override
  public String toString() {
    return source + ":" + line + ":" + column;
  }
}
