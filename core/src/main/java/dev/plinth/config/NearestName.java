package dev.plinth.config;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody meant who typed one that does not exist. */
public final class NearestName {

  private NearestName() {}

  /**
   * The known name with the fewest typing mistakes (a character missing, added or wrong, or two
   * swapped; case does not count), if there are few enough to call it the same word: one for every
   * three characters typed, at least one. Among equals the first in alphabetical order.
   */
  public static Optional<String> of(String typed, Collection<String> known) {
    int tolerated = Math.max(1, typed.length() / 3);
    String word = typed.toLowerCase(Locale.ROOT);
    return known.stream()
        .map(name -> new Candidate(name, mistakes(word, name.toLowerCase(Locale.ROOT))))
        .filter(it -> it.mistakes <= tolerated)
        .min(comparingInt(Candidate::mistakes).thenComparing(comparing(Candidate::name)))
        .map(Candidate::name);
  }

  private record Candidate(String name, int mistakes) {}

  /** The Damerau-Levenshtein distance, in its variant that edits no substring twice. */
  private static int mistakes(String from, String to) {
    int[][] distance = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        distance[i][j] = i == 0 ? j : j == 0 ? i : cheapestStep(distance, from, to, i, j);
      }
    }
    return distance[from.length()][to.length()];
  }

  private static int cheapestStep(int[][] distance, String from, String to, int i, int j) {
    boolean same = from.charAt(i - 1) == to.charAt(j - 1);
    int cheapest =
        Math.min(
            distance[i - 1][j - 1] + (same ? 0 : 1),
            Math.min(distance[i - 1][j], distance[i][j - 1]) + 1);
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(cheapest, distance[i - 2][j - 2] + 1) : cheapest;
  }
}
