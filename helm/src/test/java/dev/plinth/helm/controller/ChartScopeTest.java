package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChartScopeTest {

  private static HelmChart chart(String spec, Map<String, String> annotations) {
    HelmChart chart = Charts.chart("a", "b", spec);
    chart.getMetadata().setAnnotations(annotations);
    return chart;
  }

  @Test
  void a_chart_is_ours_once_it_has_our_name_and_the_finalizer() {
    HelmChart chart = chart("{\"chart\": \"x\"}", null);
    assertThat(ChartScope.of(chart)).isEqualTo(new ChartScope.Ours(false));
    chart.getMetadata().setAnnotations(Map.of(HelmApi.MANAGED_BY, "helm-controller"));
    assertThat(ChartScope.of(chart)).isEqualTo(new ChartScope.Ours(false));
    chart.getMetadata().setFinalizers(List.of(HelmApi.FINALIZER));
    assertThat(ChartScope.of(chart)).isEqualTo(new ChartScope.Ours(true));
  }

  @Test
  void anothers_chart_is_anothers_whatever_else_it_says() {
    assertThat(
            ChartScope.of(
                chart("{}", Map.of(HelmApi.MANAGED_BY, "rancher", HelmApi.UNMANAGED, "true"))))
        .isInstanceOfSatisfying(
            ChartScope.OfAnother.class, it -> assertThat(it.message()).contains("rancher"));
  }

  @Test
  void an_unmanaged_chart_and_an_empty_one_are_nobodys() {
    assertThat(ChartScope.of(chart("{\"chart\": \"x\"}", Map.of(HelmApi.UNMANAGED, ""))))
        .isInstanceOfSatisfying(
            ChartScope.Nobodys.class, it -> assertThat(it.reason()).isEqualTo("Unmanaged"));
    assertThat(ChartScope.of(chart("{\"repo\": \"https://example.com\"}", Map.of())))
        .isInstanceOfSatisfying(
            ChartScope.Nobodys.class, it -> assertThat(it.reason()).isEqualTo("Empty"));
  }
}
