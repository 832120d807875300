package dev.plinth.testkit.crash;

import java.util.ArrayList;
import java.util.List;

/** The lines that one of two texts has and the other has not, for a person to read. */
final class LineDifference {

  private LineDifference() {}

  static String between(String expected, String actual) {
    StringBuilder difference = new StringBuilder();
    List<String> missing = without(expected, actual);
    List<String> more = without(actual, expected);
    missing.forEach(it -> difference.append("- ").append(it).append(System.lineSeparator()));
    more.forEach(it -> difference.append("+ ").append(it).append(System.lineSeparator()));
    return missing.isEmpty() && more.isEmpty()
        ? "the same lines in another order"
        : difference.toString();
  }

  private static List<String> without(String text, String other) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    other.lines().forEach(lines::remove);
    return lines;
  }
}
