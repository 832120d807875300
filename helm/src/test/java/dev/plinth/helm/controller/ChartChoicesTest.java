package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.config.DriftPolicy;
import dev.plinth.helm.engine.EngineKind;
import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import dev.plinth.helm.model.HelmChart;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChartChoicesTest {

  private static ChartChoices choices(Map<String, String> annotations) {
    HelmChart chart = Charts.chart("a", "b", "{}");
    chart.getMetadata().setAnnotations(annotations);
    return ChartChoices.of(chart);
  }

  @Test
  void annotations_are_read() {
    ChartChoices choices =
        choices(
            Map.of(
                "plinth.dev/helm-engine", "cli",
                "plinth.dev/service-account", "deployer",
                "plinth.dev/on-failure", "rollback",
                "plinth.dev/drift", "warn"));
    assertThat(choices.engine()).contains(EngineKind.CLI);
    assertThat(choices.account()).contains(new ServiceAccountName("a", "deployer"));
    assertThat(choices.rollBack()).isTrue();
    assertThat(choices.drift()).contains(DriftPolicy.WARN);
    assertThat(choices.problems()).isEmpty();
    assertThat(choices.notes()).isEmpty();
  }

  @Test
  void what_is_not_understood_is_told_with_what_was_expected() {
    ChartChoices choices =
        choices(
            Map.of(
                "plinth.dev/helm-engine", "docker",
                "plinth.dev/service-account", "system:admin",
                "plinth.dev/on-failure", "pray",
                "plinth.dev/drift", "maybe"));
    assertThat(choices.problems())
        .extracting(InputProblem::message)
        .containsExactly(
            "HelmChart a/b: annotation plinth.dev/helm-engine: found 'docker', expected in-process"
                + " or cli",
            "HelmChart a/b: annotation plinth.dev/service-account: found 'system:admin', expected"
                + " the name of a service account of the namespace",
            "HelmChart a/b: annotation plinth.dev/on-failure: found 'pray', expected rollback");
    assertThat(choices.notes()).singleElement().asString().contains("maybe", "warn or ignore");
  }

  @Test
  void fields_of_k3ss_pod_are_told_to_have_no_effect() {
    assertThat(
            FieldsWithoutEffect.of(
                Charts.chart(
                        "a",
                        "b",
                        "{\"jobImage\": \"x\", \"bootstrap\": true, \"securityContext\":"
                            + " {\"runAsUser\": 1}}")
                    .getSpec()))
        .containsExactly(
            "spec.jobImage has no effect: no pod runs Helm here",
            "spec.securityContext has no effect: no pod runs Helm here",
            "spec.bootstrap has no effect: no pod runs Helm here");
  }
}
