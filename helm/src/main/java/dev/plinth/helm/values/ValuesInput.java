package dev.plinth.helm.values;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the values of a release are made of.
 *
 * @param defaults what the chart's archive brings
 * @param chart the HelmChart
 * @param config the HelmChartConfig of the same namespace and name
 * @param secrets the Secrets of that namespace
 */
public record ValuesInput(
    ChartDefaults defaults, HelmChart chart, Optional<HelmChartConfig> config, Secrets secrets) {

  public ValuesInput {
    requireNonNull(defaults, "defaults");
    requireNonNull(chart, "chart");
    requireNonNull(config, "config");
    requireNonNull(secrets, "secrets");
  }

  /** A look at the Secrets of a namespace, as they are now. */
  @FunctionalInterface
  public interface Secrets {

    /** No Secret at all. */
    Secrets NONE = name -> Optional.empty();

    /** The decoded content of a Secret by its keys; empty if there is no such Secret. */
    Optional<Map<String, byte[]>> content(String name);
  }
}
