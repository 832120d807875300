package dev.plinth.helm.source;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A constraint on versions, with the syntax and the meaning that Helm gives it: comparisons, {@code
 * ~}, {@code ^}, wildcards, hyphen ranges; joined by commas or spaces (and) and {@code ||} (or). A
 * prerelease fits only where one of the joined comparisons names a prerelease.
 */
final class VersionConstraint implements Predicate<SemanticVersion> {

  private static final String PARTIAL =
      "v?[0-9xX*]+(?:\\.[0-9xX*]+)?(?:\\.[0-9xX*]+)?(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?";
  private static final Pattern HYPHEN =
      Pattern.compile("\\s*(" + PARTIAL + ")\\s+-\\s+(" + PARTIAL + ")\\s*");
  private static final Pattern COMPARISON =
      Pattern.compile("\\s*(=|==|!=|>|<|>=|=>|<=|=<|~|~>|\\^|)\\s*(" + PARTIAL + ")\\s*");
  private static final Pattern PARTS =
      Pattern.compile(
          "v?([0-9xX*]+)(?:\\.([0-9xX*]+))?(?:\\.([0-9xX*]+))?(?:-([0-9A-Za-z.-]+))?(?:\\+.*)?");

  private final List<List<Comparison>> alternatives;

  private VersionConstraint(List<List<Comparison>> alternatives) {
    this.alternatives = alternatives;
  }

  /**
   * @param text empty means any release
   * @throws ChartSourceException if it is not a constraint
   */
  static VersionConstraint parse(String text) throws ChartSourceException {
    List<List<Comparison>> alternatives = new ArrayList<>();
    for (String alternative : (text.isBlank() ? "*" : text).split("\\|\\|", -1)) {
      alternatives.add(conjunction(alternative, text));
    }
    return new VersionConstraint(alternatives);
  }

  private static List<Comparison> conjunction(String text, String whole)
      throws ChartSourceException {
    Matcher hyphen = HYPHEN.matcher(text);
    String comparisons = hyphen.matches() ? ">=" + hyphen.group(1) + " <=" + hyphen.group(2) : text;
    List<Comparison> conjunction = new ArrayList<>();
    Matcher matcher = COMPARISON.matcher(comparisons);
    int at = 0;
    while (at < comparisons.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw invalid(whole);
      }
      conjunction.add(Comparison.of(matcher.group(1), matcher.group(2), whole));
      at = matcher.end();
      if (at < comparisons.length() && comparisons.charAt(at) == ',') {
        at++;
        if (comparisons.substring(at).isBlank()) {
          throw invalid(whole);
        }
      } else if (at < comparisons.length()
          && !Character.isWhitespace(comparisons.charAt(at - 1))
          && "=!<>~^".indexOf(comparisons.charAt(at)) < 0) {
        throw invalid(whole);
      }
    }
    if (conjunction.isEmpty()) {
      throw invalid(whole);
    }
    return conjunction;
  }

  private static ChartSourceException invalid(String text) {
    return new ChartSourceException(
        "version: expected a version or a constraint such as \"^1.2\" or \">=1.2, <2\", found \""
            + text
            + "\"");
  }

  @Override
  public boolean test(SemanticVersion version) {
    return alternatives.stream().anyMatch(all -> test(version, all));
  }

  private static boolean test(SemanticVersion version, List<Comparison> all) {
    return (!version.isPrerelease() || all.stream().anyMatch(one -> one.bound.isPrerelease()))
        && all.stream().allMatch(one -> one.test(version));
  }

  /**
   * One comparison.
   *
   * @param bound with zeros for what is not said
   * @param anyMinor whether the minor number is not said, nor then the patch
   */
  private record Comparison(
      String operator, SemanticVersion bound, boolean anyMinor, boolean anyPatch) {

    static Comparison of(String operator, String version, String whole)
        throws ChartSourceException {
      Matcher parts = PARTS.matcher(version);
      if (!parts.matches()) {
        throw invalid(whole);
      }
      if (isWild(parts.group(1))) {
        return wild(operator);
      }
      boolean anyMinor = isWild(parts.group(2));
      boolean anyPatch = anyMinor || isWild(parts.group(3));
      String exact =
          parts.group(1)
              + "."
              + (anyMinor ? "0" : parts.group(2))
              + "."
              + (anyPatch ? "0" : parts.group(3))
              + (parts.group(4) == null ? "" : "-" + parts.group(4));
      SemanticVersion bound = SemanticVersion.parse(exact).orElseThrow(() -> invalid(whole));
      return new Comparison(operator, bound, anyMinor, anyPatch);
    }

    /** Without a number at all: any version, except where Helm takes it for 0.0.0. */
    private static Comparison wild(String operator) {
      SemanticVersion zero = release(BigInteger.ZERO, BigInteger.ZERO);
      return switch (operator) {
        case "<", ">", "!=", "^" -> new Comparison(operator, zero, false, false);
        case "<=", "=<" -> new Comparison("<=", zero, false, true);
        default -> new Comparison(">=", zero, false, false);
      };
    }

    private static boolean isWild(String part) {
      return part == null || part.equals("x") || part.equals("X") || part.equals("*");
    }

    private static SemanticVersion release(BigInteger major, BigInteger minor) {
      return new SemanticVersion(major, minor, BigInteger.ZERO, "", major + "." + minor + ".0");
    }

    boolean test(SemanticVersion version) {
      int order = version.compareTo(bound);
      return switch (operator) {
        case "", "=", "==" -> anyPatch ? isTilde(version) : order == 0;
        case "!=" -> anyPatch ? !isTilde(version) : order != 0;
        case ">" -> isGreater(version, order);
        case "<" -> order < 0;
        case ">=", "=>" -> order >= 0;
        case "<=", "=<" -> isNotGreater(version, order);
        case "~", "~>" -> isTilde(version);
        case "^" -> isCaret(version);
        default -> throw new IllegalStateException(operator);
      };
    }

    /** {@code >1.2} means a newer minor version, not a newer patch of 1.2. */
    private boolean isGreater(SemanticVersion version, int order) {
      if (!anyPatch || !version.major().equals(bound.major())) {
        return order > 0;
      }
      return !anyMinor && version.minor().compareTo(bound.minor()) > 0;
    }

    /** {@code <=1.2} has all patches of 1.2 in it. */
    private boolean isNotGreater(SemanticVersion version, int order) {
      if (!anyPatch) {
        return order <= 0;
      }
      int major = version.major().compareTo(bound.major());
      return major < 0 || major == 0 && (anyMinor || version.minor().compareTo(bound.minor()) <= 0);
    }

    private boolean isTilde(SemanticVersion version) {
      if (version.compareTo(bound) < 0) {
        return false;
      }
      return version.major().equals(bound.major())
          && (anyMinor || version.minor().equals(bound.minor()));
    }

    private boolean isCaret(SemanticVersion version) {
      if (version.compareTo(bound) < 0 || !version.major().equals(bound.major())) {
        return false;
      }
      if (bound.major().signum() > 0 || anyMinor) {
        return true;
      }
      if (!version.minor().equals(bound.minor())) {
        return false;
      }
      return bound.minor().signum() > 0 || anyPatch || version.patch().equals(bound.patch());
    }
  }
}
