package dev.plinth.helm.source;

import com.google.common.hash.Hashing;

/** SHA-256, in hexadecimal digits. */
final class Digests {

  private Digests() {}

  static String of(byte[] content) {
    return Hashing.sha256().hashBytes(content).toString();
  }

  /**
   * @param expected with or without {@code sha256:} in front
   */
  static void verify(byte[] content, String expected, String where) throws ChartSourceException {
    String found = of(content);
    String wanted = expected.replaceFirst("^sha256:", "");
    if (!found.equalsIgnoreCase(wanted)) {
      throw new ChartSourceException(
          "%s: the archive's SHA-256 is not the one that was announced; expected %s, found %s"
              .formatted(where, wanted, found));
    }
  }
}
