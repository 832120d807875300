package dev.plinth.manifest;

/**
 * A place in a text whose name is known from the context.
 *
 * @param line from 1
 * @param column from 1
 */
record Position(int line, int column) {

  static final Position START = new Position(1, 1);

  SourceLocation in(String source) {
    return new SourceLocation(source, line, column);
  }

  /** {@code line:column}. */
  @Override
  public String toString() {
    return line + ":" + column;
  }
}
