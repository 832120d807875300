package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.model.HelmChart;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChartOrderTest {

  private final Map<ResourceID, HelmChart> there = new HashMap<>();

  @Test
  void without_the_annotation_a_chart_waits_for_nothing() {
    assertThat(awaited(chart("web", "", ""))).isEmpty();
  }

  @Test
  void a_chart_waits_until_the_other_one_is_there_and_released_as_it_is_now() {
    HelmChart web = chart("web", "plinth.dev/after: crds", "");
    assertThat(awaited(web)).contains("waits for HelmChart kube-system/crds, which is not there");

    put(chart("crds", "", ""));
    assertThat(awaited(web)).contains("waits for HelmChart kube-system/crds to be released");

    put(
        chart(
            "crds", "", "{observedGeneration: 1, conditions: [{type: Released, status: 'True'}]}"));
    assertThat(awaited(web)).as("an older generation").isPresent();

    put(
        chart(
            "crds",
            "",
            "{observedGeneration: 2, conditions: [{type: Released, status: 'False'}]}"));
    assertThat(awaited(web)).isPresent();

    put(
        chart(
            "crds", "", "{observedGeneration: 2, conditions: [{type: Released, status: 'True'}]}"));
    assertThat(awaited(web)).isEmpty();
  }

  @Test
  void one_that_nobody_manages_is_not_waited_for() {
    put(chart("crds", "helmcharts.helm.cattle.io/unmanaged: 'true'", ""));

    assertThat(awaited(chart("web", "plinth.dev/after: crds", ""))).isEmpty();
  }

  @Test
  void all_that_are_named_are_waited_for() {
    put(
        chart(
            "one", "", "{observedGeneration: 2, conditions: [{type: Released, status: 'True'}]}"));

    assertThat(awaited(chart("web", "plinth.dev/after: 'one, two'", "")))
        .contains("waits for HelmChart kube-system/two, which is not there");
  }

  private Optional<String> awaited(HelmChart chart) {
    return ChartOrder.awaited(chart, id -> Optional.ofNullable(there.get(id)));
  }

  private void put(HelmChart chart) {
    there.put(ResourceID.fromResource(chart), chart);
  }

  private static HelmChart chart(String name, String annotation, String status) {
    return Serialization.unmarshal(
        """
        apiVersion: helm.cattle.io/v1
        kind: HelmChart
        metadata: {name: %s, namespace: kube-system, generation: 2, annotations: {%s}}
        spec: {chart: any}
        %s
        """
            .formatted(name, annotation, status.isEmpty() ? "" : "status: " + status),
        HelmChart.class);
  }
}
