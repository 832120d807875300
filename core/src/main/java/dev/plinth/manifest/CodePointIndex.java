package dev.plinth.manifest;

/**
 * Translates positions in code points, as the YAML parser counts, to positions in a string. Asked
 * in ascending order it walks over the text once.
 */
final class CodePointIndex {

  private final String text;
  private int codePoints;
  private int chars;

  CodePointIndex(String text) {
    this.text = text;
  }

  /**
   * @param offset in code points, from 0
   * @return the same place in chars
   */
  int charOffset(int offset) {
    chars = text.offsetByCodePoints(chars, offset - codePoints);
    codePoints = offset;
    return chars;
  }
}
