package dev.plinth.helm.source;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Picks one of the versions that a source has. */
final class VersionChoice {

  /** As many as help to see a typing error. */
  private static final int SHOWN = 8;

  private VersionChoice() {}

  /** Whether the version can only mean one version, however many a source gets. */
  static boolean isExact(String version) {
    return version.matches("v?\\d+\\.\\d+\\.\\d+([-+].*)?")
        && SemanticVersion.parse(version).isPresent();
  }

  /**
   * The version that is written exactly as wanted, or the newest that fits.
   *
   * @param wanted as in {@link ChartReference.InRepository#version()}
   * @param where for the message
   */
  static String choose(String wanted, Collection<String> versions, String where)
      throws ChartSourceException {
    if (versions.contains(wanted)) {
      return wanted;
    }
    VersionConstraint constraint = VersionConstraint.parse(wanted);
    List<SemanticVersion> newestFirst =
        versions.stream()
            .map(SemanticVersion::parse)
            .flatMap(Optional::stream)
            .sorted(Comparator.reverseOrder())
            .toList();
    return newestFirst.stream()
        .filter(constraint)
        .findFirst()
        .map(SemanticVersion::text)
        .orElseThrow(
            () ->
                new ChartSourceException(
                    "%s: no version fits \"%s\"; found %s"
                        .formatted(
                            where, wanted.isEmpty() ? "any release" : wanted, shown(newestFirst))));
  }

  private static String shown(List<SemanticVersion> versions) {
    if (versions.isEmpty()) {
      return "none";
    }
    String first =
        String.join(", ", versions.stream().limit(SHOWN).map(SemanticVersion::text).toList());
    return versions.size() > SHOWN
        ? first + " and " + (versions.size() - SHOWN) + " older ones"
        : first;
  }
}
