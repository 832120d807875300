package dev.plinth.helm.controller;

import dev.plinth.helm.model.HelmChartSpec;
import java.util.ArrayList;
import java.util.List;

/** Fields of a HelmChart that only make sense where a pod runs Helm, as in K3s. */
final class FieldsWithoutEffect {

  private FieldsWithoutEffect() {}

  /** One line for each of those that a chart sets. */
  static List<String> of(HelmChartSpec spec) {
    List<String> fields = new ArrayList<>();
    if (spec.jobImage() != null && !spec.jobImage().isBlank()) {
      fields.add("spec.jobImage");
    }
    if (spec.podSecurityContext() != null) {
      fields.add("spec.podSecurityContext");
    }
    if (spec.securityContext() != null) {
      fields.add("spec.securityContext");
    }
    if (spec.bootstrap()) {
      fields.add("spec.bootstrap");
    }
    return fields.stream().map(it -> it + " has no effect: no pod runs Helm here").toList();
  }
}
