package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the status of a HelmChart shall say.
 *
 * @param release empty if there is none
 * @param inputs digest of the inputs of the last attempt
 * @param verdicts conditions by their type
 */
record ChartReport(
    Optional<ReleaseFacts> release,
    Optional<String> inputs,
    Retries retries,
    List<String> notes,
    Map<String, Verdict> verdicts) {

  ChartReport {
    requireNonNull(release, "release");
    requireNonNull(inputs, "inputs");
    requireNonNull(retries, "retries");
    notes = List.copyOf(notes);
    verdicts = Map.copyOf(verdicts);
  }

  /** What the status of a chart says now. */
  static ChartReport of(HelmChart chart) {
    Optional<HelmChartStatus> status = Optional.ofNullable(chart.getStatus());
    Map<String, Verdict> verdicts = new TreeMap<>();
    for (String type :
        List.of(
            Verdict.READY,
            Verdict.RELEASED,
            Verdict.FAILED,
            Verdict.MANUAL_CHANGE,
            Verdict.ENGINE_LIMITS,
            Verdict.CHART_OUTDATED,
            Verdict.DEFINITIONS_KEPT,
            Verdict.DRIFTED)) {
      status.flatMap(it -> Verdict.of(it, type)).ifPresent(it -> verdicts.put(type, it));
    }
    return new ChartReport(
        ReleaseFacts.of(status),
        status.map(HelmChartStatus::inputsDigest),
        Retries.of(status),
        status.map(HelmChartStatus::notes).orElse(List.of()),
        verdicts);
  }

  ChartReport with(Verdict... changed) {
    Map<String, Verdict> all = new TreeMap<>(verdicts);
    for (Verdict verdict : changed) {
      all.put(verdict.type(), verdict);
    }
    return new ChartReport(release, inputs, retries, notes, all);
  }

  ChartReport without(String... types) {
    Map<String, Verdict> all = new TreeMap<>(verdicts);
    all.keySet().removeAll(List.of(types));
    return new ChartReport(release, inputs, retries, notes, all);
  }

  /** With the condition if there is something to say, without one of the type if not. */
  ChartReport withOrWithout(String type, Optional<Verdict> verdict) {
    return verdict.map(this::with).orElseGet(() -> without(type));
  }

  ChartReport withRelease(Optional<ReleaseFacts> changed) {
    return new ChartReport(changed, inputs, retries, notes, verdicts);
  }

  ChartReport withInputs(String changed) {
    return new ChartReport(release, Optional.of(changed), retries, notes, verdicts);
  }

  ChartReport withRetries(Retries changed) {
    return new ChartReport(release, inputs, changed, notes, verdicts);
  }

  ChartReport withNotes(List<String> changed) {
    return new ChartReport(release, inputs, retries, changed, verdicts);
  }

  Optional<Verdict> verdict(String type) {
    return Optional.ofNullable(verdicts.get(type));
  }

  /**
   * The status of a chart that says this.
   *
   * @param chart whose conditions keep the time of their last change if they say the same
   */
  HelmChartStatus status(HelmChart chart, Instant now) {
    Optional<HelmChartStatus> before = Optional.ofNullable(chart.getStatus());
    List<Condition> conditions = new ArrayList<>();
    verdicts.values().stream()
        .sorted(Comparator.comparing(Verdict::type))
        .forEach(it -> conditions.add(condition(it, before, chart, now)));
    return new HelmChartStatus(
        null,
        chart.getMetadata().getGeneration(),
        release.map(ReleaseFacts::revision).orElse(null),
        release.map(ReleaseFacts::chartVersion).orElse(null),
        release.flatMap(ReleaseFacts::appVersion).orElse(null),
        release.map(ReleaseFacts::valuesDigest).orElse(null),
        inputs.orElse(null),
        retries.error().orElse(null),
        retries.failures() == 0 ? null : retries.failures(),
        retries.next().map(it -> it.truncatedTo(ChronoUnit.SECONDS).toString()).orElse(null),
        notes,
        conditions);
  }

  private static Condition condition(
      Verdict verdict, Optional<HelmChartStatus> before, HelmChart chart, Instant now) {
    String since =
        before.stream()
            .flatMap(it -> it.conditions().stream())
            .filter(it -> verdict.type().equals(it.getType()))
            .filter(it -> verdict.status().equals(it.getStatus()))
            .map(Condition::getLastTransitionTime)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new ConditionBuilder()
        .withType(verdict.type())
        .withStatus(verdict.status())
        .withReason(verdict.reason())
        .withMessage(verdict.message())
        .withObservedGeneration(chart.getMetadata().getGeneration())
        .withLastTransitionTime(since)
        .build();
  }
}
