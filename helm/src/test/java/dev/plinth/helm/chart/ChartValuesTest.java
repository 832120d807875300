package dev.plinth.helm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.values.ValuesInput.Secrets;
import dev.plinth.helm.values.ValuesReport;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChartValuesTest {

  private final HelmChart chart =
      Serialization.unmarshal(
          "metadata: {namespace: web, name: site}\nspec: {values: {a: 2}}", HelmChart.class);

  @Test
  void the_values_of_an_archive_are_overridden_by_those_of_the_objects() throws Exception {
    ValuesReport report =
        report(TestArchive.of("site", "1.0.0").with("site/values.yaml", "a: 1\nb: 1"));
    assertThat(report.lines())
        .containsExactly(
            "a = 2  # HelmChart web/site: spec.values.a",
            "b = 1  # chart site: values.yaml, line 2, column 1");
    assertThat(report.notices()).isEmpty();
  }

  @Test
  void charts_in_the_chart_are_told_of() throws Exception {
    byte[] inner = TestArchive.of("inner", "0.1.0").bytes();
    ValuesReport report =
        report(
            TestArchive.of("site", "1.0.0")
                .with("site/charts/inner-0.1.0.tgz", inner)
                .with("site/charts/plain/Chart.yaml", "name: plain\nversion: 1.0.0")
                .with("site/charts/plain/charts/deep/Chart.yaml", "name: deep\nversion: 1.0.0"));
    assertThat(report.notices())
        .containsExactly(
            "the own values of the charts in site-1.0.0 are not shown: inner-0.1.0, plain");
  }

  private ValuesReport report(TestArchive archive) throws Exception {
    return ChartValues.report(
        ChartArchive.read(archive.bytes(), "archive"), chart, Optional.empty(), Secrets.NONE);
  }
}
