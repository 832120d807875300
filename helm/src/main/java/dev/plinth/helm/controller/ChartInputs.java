package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.model.EffectiveSettings;
import dev.plinth.helm.model.GoDuration;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.release.FailurePolicy;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.helm.release.StorageDriver;
import dev.plinth.helm.source.ChartReference;
import dev.plinth.helm.source.SourceAccess;
import dev.plinth.helm.values.ChartDefaults;
import dev.plinth.helm.values.MergedValues;
import dev.plinth.helm.values.ValuesInput;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All that a release is made of, but for the chart's archive. Every field has been understood.
 *
 * @param chart the HelmChart
 * @param config the HelmChartConfig of the same namespace and name
 * @param settings what both of them say about how
 * @param reference which chart
 * @param access with what its source is asked
 * @param userValues the merged values, without the chart's own
 * @param inputsHash tells one state of the user-visible inputs from others; 63 hexadecimal digits
 * @param notes what is accepted, and has no effect or is probably a mistake
 * @param secrets the Secrets with values as they were when they were merged
 */
record ChartInputs(
    HelmChart chart,
    Optional<HelmChartConfig> config,
    EffectiveSettings settings,
    ChartReference reference,
    SourceAccess access,
    MergedValues userValues,
    String inputsHash,
    List<String> notes,
    ValuesInput.Secrets secrets) {

  ChartInputs {
    requireNonNull(chart, "chart");
    requireNonNull(config, "config");
    requireNonNull(settings, "settings");
    requireNonNull(reference, "reference");
    requireNonNull(access, "access");
    requireNonNull(userValues, "userValues");
    requireNonNull(inputsHash, "inputsHash");
    notes = List.copyOf(notes);
    requireNonNull(secrets, "secrets");
  }

  /** For the merge with the chart's own values. */
  ValuesInput valuesWith(ChartDefaults defaults) {
    return new ValuesInput(defaults, chart, config, secrets);
  }

  ReleaseName releaseName() {
    return new ReleaseName(chart.releaseNamespace(), chart.getMetadata().getName());
  }

  /** Where Helm keeps its records. */
  StorageDriver storage() {
    return ChartFieldChecks.storage(chart).orElseThrow();
  }

  FailurePolicy failurePolicy() {
    return FailurePolicy.of(settings.failurePolicy()).orElseThrow();
  }

  /** How long an operation may take; empty: Helm's default. */
  Optional<Duration> timeout() {
    return Optional.ofNullable(chart.getSpec().timeout()).flatMap(GoDuration::parse);
  }

  /** Says nothing of the values. */
  @Override
  public String toString() {
    return "ChartInputs[%s, %s, %s]".formatted(chart.reference(), reference, inputsHash);
  }
}
