package dev.plinth.helm.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ValuesReportTest {

  private final Fixture fixture =
      new Fixture()
          .defaults("a: 1\nb:\n  c: x\n  d: []\n")
          .chart("valuesSecrets: [{name: s, keys: [k]}]\nset: {e: 2}")
          .config("values: {b: {c: y}}")
          .secret("s", "k", "pass:\n  word: hidden\n  list: [hidden]\n  none: {}\n");

  @Test
  void a_line_has_a_value_and_its_source() {
    assertThat(ValuesReport.of(fixture.input()).lines())
        .containsExactly(
            "pass.word = ***  # HelmChart kube-system/traefik: spec.valuesSecrets[0], Secret s,"
                + " key k, line 2, column 3",
            "pass.list[0] = ***  # HelmChart kube-system/traefik: spec.valuesSecrets[0], Secret s,"
                + " key k, line 3, column 10",
            "pass.none = ***  # HelmChart kube-system/traefik: spec.valuesSecrets[0], Secret s,"
                + " key k, line 4, column 3",
            "b.c = \"y\"  # HelmChartConfig kube-system/traefik: spec.values.b.c",
            "b.d = []  # chart traefik: values.yaml, line 4, column 3",
            "e = 2  # HelmChart kube-system/traefik: spec.set[\"e\"]",
            "a = 1  # chart traefik: values.yaml, line 1, column 1");
  }

  @Test
  void programs_get_the_same() {
    ValuesReport report = ValuesReport.of(fixture.input());
    assertThat(report.toJson().toString())
        .doesNotContain("hidden")
        .contains(
            "{\"path\":\"pass.word\",\"value\":null,\"masked\":true,\"owner\":\"HELM_CHART\","
                + "\"object\":\"HelmChart kube-system/traefik\","
                + "\"field\":\"spec.valuesSecrets[0]\",\"secret\":\"s\",\"key\":\"k\","
                + "\"line\":2,\"column\":3}",
            "{\"path\":\"b.c\",\"value\":\"y\",\"masked\":false,\"owner\":\"HELM_CHART_CONFIG\","
                + "\"object\":\"HelmChartConfig kube-system/traefik\","
                + "\"field\":\"spec.values.b.c\"}")
        .endsWith("\"notices\":[]}");
    assertThat(report.toString()).doesNotContain("hidden");
  }

  @Test
  void what_is_probably_a_mistake_is_told() {
    assertThat(
            ValuesReport.of(fixture.config("values: {b: text}\nvaluesSecrets: [{name: t}]").input())
                .notices())
        .anyMatch(it -> it.contains("names no keys of the Secret t"))
        .anyMatch(it -> it.contains("found a string in place of a mapping of the chart"));
  }

  @Test
  void what_cannot_be_merged_is_refused() {
    assertThatThrownBy(() -> ValuesReport.of(fixture.chart("valuesContent: '['").input()))
        .isInstanceOf(ValuesException.class)
        .hasMessageContaining("spec.valuesContent, line 1");
  }

  @Test
  void secrets_are_found_by_their_place_in_what_is_supplied() {
    assertThat(fixture.merge().secrets())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder("/pass/word", "/pass/list/0");
  }
}
