package dev.plinth.helm.controller;

import dev.plinth.helm.model.EffectiveSettings;
import dev.plinth.helm.model.GoDuration;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.release.FailurePolicy;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.helm.release.StorageDriver;
import dev.plinth.helm.values.Owner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fields that an API server with K3s's definitions lets in although nobody understands them. */
final class ChartFieldChecks {

  private static final Set<String> MODES = Set.of("true", "false", "auto");
  private static final int LONGEST_SHOWN = 100;

  private final HelmChart chart;
  private final Optional<HelmChartConfig> config;
  private final List<InputProblem> problems = new ArrayList<>();

  private ChartFieldChecks(HelmChart chart, Optional<HelmChartConfig> config) {
    this.chart = chart;
    this.config = config;
  }

  static List<InputProblem> problems(
      HelmChart chart, Optional<HelmChartConfig> config, EffectiveSettings settings) {
    ChartFieldChecks checks = new ChartFieldChecks(chart, config);
    checks.name();
    checks.timeout();
    checks.storage();
    checks.helmVersion();
    checks.failurePolicy(settings.failurePolicy());
    checks.serverSide(settings.serverSide());
    return checks.problems;
  }

  /** The chart's driver; empty if there is none of that name. */
  static Optional<StorageDriver> storage(HelmChart chart) {
    String name = text(chart.getSpec().driver());
    return name.isEmpty()
        ? Optional.of(StorageDriver.SECRET)
        : Arrays.stream(StorageDriver.values())
            .filter(it -> it.helmName().equals(name))
            .findFirst();
  }

  private void name() {
    try {
      new ReleaseName(chart.releaseNamespace(), chart.getMetadata().getName());
    } catch (IllegalArgumentException e) {
      boolean isTarget = e.getMessage().contains("namespace");
      add(isTarget ? "spec.targetNamespace" : "metadata.name", e.getMessage());
    }
  }

  private void timeout() {
    String timeout = chart.getSpec().timeout();
    if (timeout != null
        && GoDuration.parse(timeout).filter(it -> !it.isZero() && !it.isNegative()).isEmpty()) {
      found("spec.timeout", timeout, "a duration above 0 with units, such as 5m0s, 90s or 1h30m");
    }
  }

  private void storage() {
    if (storage(chart).isEmpty()) {
      found("spec.driver", chart.getSpec().driver(), "secret or configmap");
    }
  }

  private void helmVersion() {
    String version = text(chart.getSpec().helmVersion());
    if (!version.isEmpty() && !version.equals("v3")) {
      found("spec.helmVersion", version, "v3, or nothing");
    }
  }

  private void failurePolicy(String policy) {
    if (FailurePolicy.of(policy).isEmpty()) {
      found(
          config.map(it -> text(it.getSpec().failurePolicy())).filter(policy::equals).isPresent(),
          "spec.failurePolicy",
          policy,
          "abort, reinstall or retry");
    }
  }

  private void serverSide(String mode) {
    if (!MODES.contains(mode)) {
      found(
          config.map(it -> text(it.getSpec().serverSide())).filter(mode::equals).isPresent(),
          "spec.serverSide",
          mode,
          "true, false or auto");
    }
  }

  private void found(String field, String value, String expected) {
    found(false, field, value, expected);
  }

  private void found(boolean inConfig, String field, String value, String expected) {
    String shown = value.length() > LONGEST_SHOWN ? value.substring(0, LONGEST_SHOWN) : value;
    String message = "%s: found \"%s\", expected %s".formatted(field, shown, expected);
    problems.add(
        inConfig
            ? new InputProblem(
                Owner.HELM_CHART_CONFIG,
                InputProblem.INVALID_FIELD,
                config.orElseThrow().reference() + ": " + message)
            : problem(message));
  }

  private void add(String field, String message) {
    problems.add(problem(field + ": " + message));
  }

  private InputProblem problem(String message) {
    return new InputProblem(
        Owner.HELM_CHART, InputProblem.INVALID_FIELD, chart.reference() + ": " + message);
  }

  private static String text(String field) {
    return field == null ? "" : field;
  }
}
