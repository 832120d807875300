package dev.plinth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** A value of Secrets in tests, which must never be in a message, nor a part of it. */
public final class Canary {

  /** No key of a Secret can look like it. */
  public static final String VALUE = "s3cr3t/C4n4ry+==";

  public static final String BASE64 = Base64.getEncoder().encodeToString(VALUE.getBytes(UTF_8));

  private static final int SHORTEST_PART = 6;

  private Canary() {}

  /** Whether the text has a part of the value that is worth something. */
  public static boolean isIn(String text) {
    return hasPart(text, VALUE) || hasPart(text, BASE64);
  }

  private static boolean hasPart(String text, String value) {
    for (int start = 0; start + SHORTEST_PART <= value.length(); start++) {
      if (text.contains(value.substring(start, start + SHORTEST_PART))) {
        return true;
      }
    }
    return false;
  }
}
