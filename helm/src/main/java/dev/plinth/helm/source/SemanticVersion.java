package dev.plinth.helm.source;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A semantic version, read as leniently as Helm reads those of charts: a leading {@code v} and
 * missing parts are accepted.
 *
 * @param prerelease what follows the first hyphen; empty for a release
 * @param text as it was written
 */
public record SemanticVersion(
    BigInteger major, BigInteger minor, BigInteger patch, String prerelease, String text)
    implements Comparable<SemanticVersion> {

  private static final String PART = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
  private static final Pattern VERSION =
      Pattern.compile(
          "v?(\\d{1,40})(?:\\.(\\d{1,40}))?(?:\\.(\\d{1,40}))?(?:-("
              + PART
              + "))?(?:\\+"
              + PART
              + ")?");

  /** Reads a version; empty if it is none. */
  public static Optional<SemanticVersion> parse(String text) {
    Matcher matcher = VERSION.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new SemanticVersion(
                number(matcher.group(1)),
                number(matcher.group(2)),
                number(matcher.group(3)),
                matcher.group(4) == null ? "" : matcher.group(4),
                text))
        : Optional.empty();
  }

  private static BigInteger number(String digits) {
    return digits == null ? BigInteger.ZERO : new BigInteger(digits);
  }

  boolean isPrerelease() {
    return !prerelease.isEmpty();
  }

  /** By precedence: what is behind a plus does not count. */
  @Override
  public int compareTo(SemanticVersion other) {
    int numbers = major.compareTo(other.major);
    numbers = numbers != 0 ? numbers : minor.compareTo(other.minor);
    numbers = numbers != 0 ? numbers : patch.compareTo(other.patch);
    if (numbers != 0) {
      return numbers;
    }
    if (prerelease.isEmpty() || other.prerelease.isEmpty()) {
      return Boolean.compare(prerelease.isEmpty(), other.prerelease.isEmpty());
    }
    return comparePrerelease(prerelease.split("\\."), other.prerelease.split("\\."));
  }

  private static int comparePrerelease(String[] one, String[] other) {
    for (int i = 0; i < Math.min(one.length, other.length); i++) {
      boolean number = one[i].matches("\\d+");
      boolean otherNumber = other[i].matches("\\d+");
      int order =
          number && otherNumber
              ? new BigInteger(one[i]).compareTo(new BigInteger(other[i]))
              : number != otherNumber ? (number ? -1 : 1) : one[i].compareTo(other[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(one.length, other.length);
  }

  @Override
  public String toString() {
    return text;
  }
}
