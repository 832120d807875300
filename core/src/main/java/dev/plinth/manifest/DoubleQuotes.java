package dev.plinth.manifest;

import org.snakeyaml.engine.v2.scanner.StreamReader;

/** The one style of YAML that can hold every text, on one line. */
final class DoubleQuotes {

  private DoubleQuotes() {}

  /** The text in double quotes, escaped so that every version of YAML reads the same. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(character -> append(quoted, character));
    return quoted.append('"').toString();
  }

  /** Whether every YAML parser reads the character as itself, outside of an escape. */
  static boolean isUnescaped(int character) {
    boolean isLineBreak =
        character == '\n'
            || character == '\r'
            || character == 0x85
            || character == 0x2028
            || character == 0x2029;
    boolean isByteOrderMark = character == 0xFEFF;
    return !isLineBreak && !isByteOrderMark && StreamReader.isPrintable(character);
  }

  private static void append(StringBuilder quoted, int character) {
    switch (character) {
      case '"' -> quoted.append("\\\"");
      case '\\' -> quoted.append("\\\\");
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      default -> {
        if (isUnescaped(character)) {
          quoted.appendCodePoint(character);
        } else if (character <= 0xFF) {
          quoted.append("\\x%02X".formatted(character));
        } else if (character <= 0xFFFF) {
          quoted.append("\\u%04X".formatted(character));
        } else {
          quoted.append("\\U%08X".formatted(character));
        }
      }
    }
  }
}
