package dev.plinth.deploy;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Stream;

/** Many messages as one of bounded length, for conditions and reports. */
public final class Enumeration {

  private static final int SHOWN = 10;
  private static final int LONGEST_ITEM = 1000;

  private Enumeration() {}

  /** The first of them, each cut at a length that no sensible one has, and how many more. */
  public static String of(List<String> items) {
    Stream<String> shown = items.stream().limit(SHOWN).map(Enumeration::shortened);
    return items.size() <= SHOWN
        ? shown.collect(joining("; "))
        : Stream.concat(shown, Stream.of("and %d more".formatted(items.size() - SHOWN)))
            .collect(joining("; "));
  }

  static String shortened(String item) {
    return item.length() > LONGEST_ITEM ? item.substring(0, LONGEST_ITEM) + "..." : item;
  }
}
