package dev.plinth.examples.addon;

import java.util.regex.Pattern;

/** A path that can stand in the configuration of the provisioner, which is JSON. */
final class AbsolutePath {

  private static final Pattern PATH = Pattern.compile("/[^\"\\\\\\p{Cntrl}]+");

  private AbsolutePath() {}

  /**
   * @throws IllegalArgumentException if it is none
   */
  static String parse(String text) {
    if (!PATH.matcher(text).matches()) {
      throw new IllegalArgumentException("an absolute path, such as /var/lib/volumes");
    }
    return text;
  }
}
