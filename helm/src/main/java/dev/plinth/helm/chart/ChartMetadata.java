package dev.plinth.helm.chart;

import java.util.Optional;

/**
 * What {@code Chart.yaml} says.
 *
 * @param name never empty
 * @param version a semantic version, as the chart writes it
 * @param type {@code application} or {@code library}; the latter can't be installed
 * @param appVersion of what the chart installs
 * @param kubeVersion a constraint on the version of Kubernetes
 */
public record ChartMetadata(
    String apiVersion,
    String name,
    String version,
    String type,
    Optional<String> appVersion,
    Optional<String> kubeVersion) {}
