package dev.plinth.helm.source;

import dev.plinth.helm.source.ChartReference.InRepository;
import dev.plinth.helm.source.ChartReference.Packaged;
import java.util.Map;
import java.util.Optional;

/**
 * How a HelmChart asks for the chart that comes with the server. It has to ask, by an annotation:
 * the chart of a user's own repository may have the name of a packaged one.
 */
public final class PackagedCharts {

  /** Annotation of a HelmChart with a repository and an exact version: {@code "true"} asks. */
  public static final String ASKED = "plinth.dev/packaged-chart";

  /**
   * Annotation of such a HelmChart: {@code sha256:} and 64 hexadecimal digits, which a downloaded
   * archive must have.
   */
  public static final String DIGEST = "plinth.dev/chart-digest";

  /** Where archives lie on the class path. */
  public static final String RESOURCES = "META-INF/plinth/charts/";

  private PackagedCharts() {}

  /**
   * What a HelmChart refers to.
   *
   * @param reference what its fields say
   * @param annotations of the HelmChart; null if it has none
   * @return the packaged chart if it asks for that, else the reference
   * @throws ChartSourceException if the annotations are wrong, or ask for the packaged chart where
   *     there cannot be one; the message names the annotation
   */
  public static ChartReference of(ChartReference reference, Map<String, String> annotations)
      throws ChartSourceException {
    Map<String, String> given = annotations == null ? Map.of() : annotations;
    Optional<String> digest = digest(given.get(DIGEST));
    switch (given.getOrDefault(ASKED, "false")) {
      case "true":
        break;
      case "false":
        if (digest.isPresent()) {
          throw new ChartSourceException(
              "annotation %s: expected %s: \"true\" beside it, found none; a digest is that of a packaged chart"
                  .formatted(DIGEST, ASKED));
        }
        return reference;
      default:
        throw new ChartSourceException(
            "annotation %s: expected \"true\" or \"false\", found \"%s\""
                .formatted(ASKED, given.get(ASKED)));
    }
    if (reference instanceof InRepository chart && VersionChoice.isExact(chart.version())) {
      return new Packaged(chart.repository(), chart.name(), chart.version(), digest);
    }
    throw new ChartSourceException(
        "annotation %s: expected a chart of a repository with an exact version, found %s"
            .formatted(ASKED, reference.describe()));
  }

  private static Optional<String> digest(String text) throws ChartSourceException {
    if (text == null) {
      return Optional.empty();
    }
    if (!text.matches("sha256:[0-9a-f]{64}")) {
      throw new ChartSourceException(
          "annotation %s: expected sha256: and 64 hexadecimal digits, found \"%s\""
              .formatted(DIGEST, text));
    }
    return Optional.of(text.substring("sha256:".length()));
  }
}
