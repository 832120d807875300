package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * Renders a chart for the cluster's version, without writing anything.
 *
 * <p>What is in the chart's {@code crds/} is not part of the result: see {@code ChartArchive}.
 *
 * @param chart an archive, or a chart's directory
 */
public record RenderRequest(ReleaseTarget target, Path chart, ReleaseValues values) {

  public RenderRequest {
    requireNonNull(target, "target");
    requireNonNull(chart, "chart");
    requireNonNull(values, "values");
  }
}
