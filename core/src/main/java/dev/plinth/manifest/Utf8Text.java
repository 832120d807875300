package dev.plinth.manifest;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** The bytes of a manifest as text, or the place where they are none. */
final class Utf8Text {

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private Utf8Text() {}

  /**
   * @throws ManifestException if the content is too large, not UTF-8, or binary
   */
  static String decode(String source, byte[] content, ManifestLimits limits) {
    if (content.length > limits.bytes()) {
      throw problem(
          source,
          Position.START,
          "found %d bytes, expected at most %d".formatted(content.length, limits.bytes()));
    }
    if (startsWith(content, 0xFE, 0xFF) || startsWith(content, 0xFF, 0xFE)) {
      throw problem(source, Position.START, "found UTF-16, expected UTF-8");
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer decoded = CharBuffer.allocate(content.length);
    CoderResult result = decoder.decode(ByteBuffer.wrap(content), decoded, true);
    String text = decoded.flip().toString();
    if (result.isError()) {
      throw problem(source, endOf(text), "found bytes that are no UTF-8 text");
    }
    int nul = text.indexOf('\0');
    if (nul >= 0) {
      throw problem(
          source, endOf(text.substring(0, nul)), "found a NUL character, expected text: binary?");
    }
    return text.indexOf(BYTE_ORDER_MARK) == 0 ? text.substring(1) : text;
  }

  /**
   * Whether the text has no half of a character beyond 16 bits, which no encoding has bytes for.
   */
  static boolean isWellFormed(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  /** The position that follows the text. */
  static Position endOf(String text) {
    int lineStart = text.lastIndexOf('\n') + 1;
    int line = 1 + (int) text.chars().limit(lineStart).filter(c -> c == '\n').count();
    return new Position(line, 1 + text.codePointCount(lineStart, text.length()));
  }

  private static boolean startsWith(byte[] content, int first, int second) {
    return content.length >= 2 && (content[0] & 0xFF) == first && (content[1] & 0xFF) == second;
  }

  private static ManifestException problem(String source, Position position, String message) {
    return new ManifestException(new ManifestProblem(position.in(source), "", message));
  }
}
