package dev.plinth.examples.server;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The names of the simulated nodes: the server's own, then {@code <name>-2} and so on. */
final class NodeNames {

  /** RFC 1123: the longest name, and the longest part between dots. */
  private static final int LONGEST_NAME = 253;

  private static final int LONGEST_LABEL = 63;

  private NodeNames() {}

  /** As many distinct names as asked for, each valid if {@code first} is. */
  static List<String> of(String first, int count) {
    Set<String> names = new LinkedHashSet<>();
    for (int number = 1; names.size() < count; number++) {
      names.add(number == 1 ? first : numbered(first, "-" + number));
    }
    return new ArrayList<>(names);
  }

  /** The name as the value of a label, which has no room for the longest names. */
  static String asLabel(String name) {
    return withoutTrailingMarks(name.substring(0, Math.min(name.length(), LONGEST_LABEL)));
  }

  private static String numbered(String name, String suffix) {
    int lastLabel = name.length() - name.lastIndexOf('.') - 1;
    int excess =
        Math.max(
            name.length() + suffix.length() - LONGEST_NAME,
            lastLabel + suffix.length() - LONGEST_LABEL);
    String stem = name.substring(0, name.length() - Math.max(excess, 0));
    return withoutTrailingMarks(stem) + suffix;
  }

  private static String withoutTrailingMarks(String name) {
    return name.replaceAll("[-.]+$", "");
  }
}
