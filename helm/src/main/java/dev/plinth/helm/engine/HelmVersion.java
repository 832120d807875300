package dev.plinth.helm.engine;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of a {@code helm} command. */
record HelmVersion(int major, int minor, int patch) implements Comparable<HelmVersion> {

  /** The first one that stores labels, keeps Job waits apart and takes a file for everything. */
  static final HelmVersion OLDEST = new HelmVersion(3, 12, 0);

  static final HelmVersion TAKES_OWNERSHIP = new HelmVersion(3, 17, 0);

  private static final Pattern VERSION = Pattern.compile("v?(\\d+)\\.(\\d+)\\.(\\d+)");

  /** The first version in a text. */
  static Optional<HelmVersion> in(String text) {
    Matcher matcher = VERSION.matcher(text);
    return matcher.find()
        ? Optional.of(
            new HelmVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  boolean isAtLeast(HelmVersion other) {
    return compareTo(other) >= 0;
  }

  @Override
  public int compareTo(HelmVersion other) {
    return Comparator.comparingInt(HelmVersion::major)
        .thenComparingInt(HelmVersion::minor)
        .thenComparingInt(HelmVersion::patch)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
