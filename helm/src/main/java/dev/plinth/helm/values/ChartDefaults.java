package dev.plinth.helm.values;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What a chart's archive says about its values.
 *
 * @param name name of the chart; for a dependency the name that it has in the chart above it
 * @param valuesYaml content of {@code values.yaml}; empty text if there is none
 * @param schema content of {@code values.schema.json}
 * @param dependencies the charts in it that are in use, in the order of the archive
 */
public record ChartDefaults(
    String name, String valuesYaml, Optional<String> schema, List<ChartDefaults> dependencies) {

  public ChartDefaults {
    requireNonNull(name, "name");
    requireNonNull(valuesYaml, "valuesYaml");
    requireNonNull(schema, "schema");
    dependencies = List.copyOf(dependencies);
  }

  /** A chart without schema and dependencies. */
  public static ChartDefaults of(String name, String valuesYaml) {
    return new ChartDefaults(name, valuesYaml, Optional.empty(), List.of());
  }

  /** A chart that brings no values. */
  public static ChartDefaults none(String name) {
    return of(name, "");
  }
}
