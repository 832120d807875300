package dev.plinth.helm.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.source.ChartReference;
import dev.plinth.helm.source.FetchedChart;
import java.util.Comparator;

/** Whether a release that K3s or the helm command has made is what a chart asks for. */
final class Takeover {

  /** Helm reads numbers as floating-point ones; those of JSON come in several kinds. */
  private static final Comparator<JsonNode> LENIENT =
      (one, other) ->
          one.isNumber() && other.isNumber()
              ? one.decimalValue().compareTo(other.decimalValue())
              : one.equals(other) ? 0 : 1;

  private Takeover() {}

  static boolean isWanted(Release release, ChartInputs inputs, FetchedChart chart) {
    return release.chartName().equals(chart.chart().metadata().name())
        && isWantedVersion(release, inputs, chart)
        && isSame(release.values(), inputs.userValues().supplied());
  }

  /** Who asks for the newest version does not ask for an upgrade at this very moment. */
  private static boolean isWantedVersion(Release release, ChartInputs inputs, FetchedChart chart) {
    return release.chartVersion().equals(chart.chart().metadata().version())
        || isAnyVersion(inputs.reference());
  }

  private static boolean isAnyVersion(ChartReference reference) {
    return reference instanceof ChartReference.InRepository repository
            && repository.version().isEmpty()
        || reference instanceof ChartReference.InRegistry registry && registry.version().isEmpty();
  }

  static boolean isSame(ObjectNode one, ObjectNode other) {
    return one.equals(LENIENT, other);
  }
}
