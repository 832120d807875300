package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.chart.ChartMetadata;
import dev.plinth.helm.controller.DefinitionRules.Decision;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DefinitionRulesTest {

  private static final DefinitionRules RULES =
      new DefinitionRules(
          "plinth-helm-controller",
          new ChartMetadata(
              "v2", "web", "1.10.0", "application", Optional.empty(), Optional.empty()));

  private static Decision decide(String managers, String annotations) {
    return decide(managers, annotations, "", false);
  }

  private static Decision decide(
      String managers, String annotations, String declared, boolean installed) {
    return RULES.decide(
        definition(managers, annotations), definition("", declared), () -> installed);
  }

  private static ObjectNode definition(String managers, String annotations) {
    StringBuilder entries = new StringBuilder();
    for (String manager : managers.isEmpty() ? new String[0] : managers.split(",")) {
      entries
          .append(entries.length() > 0 ? "," : "")
          .append("{\"manager\":\"%s\"}".formatted(manager));
    }
    return (ObjectNode)
        ContentTest.json(
            """
            {"metadata": {"name": "a.b", "annotations": {%s}, "managedFields": [%s%s
              {"manager": "kube-apiserver", "subresource": "status"}]}}
            """
                .formatted(annotations, entries, entries.length() > 0 ? "," : ""));
  }

  private static String why(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Keep.class);
    return ((Decision.Keep) decision).why();
  }

  @Test
  void ours_and_helms_are_changed() {
    assertThat(decide("plinth-helm-controller,helm", "\"plinth.dev/chart\":\"web-1.9.0\""))
        .isEqualTo(new Decision.Change());
    assertThat(decide("helm", "")).isEqualTo(new Decision.Change());
    assertThat(decide("Go-http-client,java", "")).isEqualTo(new Decision.Change());
  }

  @Test
  void one_that_the_release_was_installed_with_is_changed_whoever_has_touched_it() {
    assertThat(decide("java,kubectl-edit", "", "", true)).isEqualTo(new Decision.Change());
    assertThat(why(decide("java,kubectl-edit", ""))).isEqualTo("is managed by java, kubectl-edit");
  }

  @Test
  void anothers_is_kept_unless_it_is_handed_over() {
    assertThat(why(decide("kubectl", ""))).isEqualTo("is managed by kubectl");
    assertThat(why(decide("", ""))).isEqualTo("is managed by somebody who is not known");
    assertThat(why(decide("plinth-helm-controller", "\"plinth.dev/chart\":\"other-1.0.0\"")))
        .isEqualTo("was brought by chart other-1.0.0");
    assertThat(why(decide("helm", "\"meta.helm.sh/release-name\":\"crds\"")))
        .isEqualTo("belongs to the release crds");
    assertThat(decide("kubectl", "\"plinth.dev/adopt\":\"true\"")).isEqualTo(new Decision.Change());
  }

  @Test
  void a_chart_whose_name_begins_alike_is_another_one() {
    assertThat(why(decide("plinth-helm-controller", "\"plinth.dev/chart\":\"web-crds-1.0.0\"")))
        .isEqualTo("was brought by chart web-crds-1.0.0");
  }

  @Test
  void the_newer_one_stays() {
    assertThat(why(decide("plinth-helm-controller", "\"plinth.dev/chart\":\"web-1.11.0\"")))
        .isEqualTo("is newer: it was brought by chart web-1.11.0, this is web-1.10.0");
    String bundle = "\"gateway.networking.k8s.io/bundle-version\":\"%s\"";
    assertThat(why(decide("helm", bundle.formatted("v1.10.0"), bundle.formatted("v1.9.1"), false)))
        .contains("v1.10.0, the chart has v1.9.1");
    assertThat(decide("helm", bundle.formatted("v1.9.1"), bundle.formatted("v1.10.0"), false))
        .isEqualTo(new Decision.Change());
  }

  @Test
  void what_was_generated_by_a_newer_tool_is_not_newer_for_that() {
    String generator = "\"controller-gen.kubebuilder.io/version\":\"%s\"";
    assertThat(
            decide("helm", generator.formatted("v0.20.0"), generator.formatted("v0.16.0"), false))
        .isEqualTo(new Decision.Change());
  }
}
