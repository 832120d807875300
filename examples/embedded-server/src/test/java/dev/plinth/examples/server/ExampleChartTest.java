package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.chart.ChartArchive;
import org.junit.jupiter.api.Test;

class ExampleChartTest {

  @Test
  void is_a_chart_with_its_schema_and_the_same_bytes_each_time() throws Exception {
    byte[] archive = ExampleChart.archive("traefik");

    ChartArchive chart = ChartArchive.read(archive, "traefik");
    assertThat(chart.metadata().name()).isEqualTo("traefik");
    assertThat(chart.schema()).isPresent();
    assertThat(ExampleChart.archive("traefik")).isEqualTo(archive);
  }
}
