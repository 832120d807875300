package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartStatus;
import java.util.Optional;

/**
 * What the status of a chart says that decisions rest on.
 *
 * @param revision the release's last revision when it was looked at last
 * @param hash of the inputs that were last brought, or tried to be brought, into force
 * @param released whether they are in force
 * @param operating whether an operation was begun and nothing was written of its end
 * @param manual whether somebody else has changed the release since
 * @param current whether the object has not been changed since
 * @param retries the failed attempts
 */
record Recorded(
    Optional<Long> revision,
    Optional<String> hash,
    boolean released,
    boolean operating,
    boolean manual,
    boolean current,
    Retries retries) {

  Recorded {
    requireNonNull(revision, "revision");
    requireNonNull(hash, "hash");
    requireNonNull(retries, "retries");
  }

  static Recorded of(HelmChart chart) {
    Optional<HelmChartStatus> status = Optional.ofNullable(chart.getStatus());
    Optional<Verdict> released = status.flatMap(it -> Verdict.of(it, Verdict.RELEASED));
    return new Recorded(
        status.map(HelmChartStatus::revision),
        status.map(HelmChartStatus::inputsDigest),
        released.filter(Verdict::isTrue).isPresent(),
        released.filter(it -> Operation.isProgress(it.reason())).isPresent(),
        status
            .flatMap(it -> Verdict.of(it, Verdict.MANUAL_CHANGE))
            .filter(Verdict::isTrue)
            .isPresent(),
        status
            .map(HelmChartStatus::observedGeneration)
            .filter(it -> it.equals(chart.getMetadata().getGeneration()))
            .isPresent(),
        Retries.of(status));
  }

  /** Whether these inputs are those of the last attempt, asked for in the same way. */
  boolean isAbout(String inputs) {
    return current && hash.filter(inputs::equals).isPresent();
  }
}
