package dev.plinth.helm.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChartArchiveTest {

  private static ChartArchive read(TestArchive archive) throws InvalidChartException {
    return ChartArchive.read(archive.bytes(), "test.tgz");
  }

  @Test
  void has_the_metadata_values_schema_and_definitions() throws Exception {
    byte[] inner = TestArchive.of("inner", "0.1.0").with("inner/crds/c.yaml", "c: 3").bytes();
    ChartArchive chart =
        read(
            TestArchive.empty()
                .with(
                    "web/Chart.yaml",
                    """
                    apiVersion: v2
                    name: web
                    version: 1.10
                    appVersion: 2.0
                    kubeVersion: ">=1.25.0-0"
                    """)
                .with("web/values.yaml", "a: 1\n")
                .with("web/values.schema.json", "{}")
                .with("web/crds/a.yaml", "a: 1")
                .with("web/charts/plain/Chart.yaml", "name: plain\nversion: 1.0.0")
                .with("web/charts/plain/values.yaml", "not: these")
                .with("web/charts/plain/crds/b.yaml", "b: 2")
                .with("web/charts/inner-0.1.0.tgz", inner));
    assertThat(chart.metadata().name()).isEqualTo("web");
    assertThat(chart.metadata().version()).isEqualTo("1.10");
    assertThat(chart.metadata().appVersion()).contains("2.0");
    assertThat(chart.metadata().type()).isEqualTo("application");
    assertThat(chart.valuesYaml()).contains("a: 1\n");
    assertThat(chart.schema()).contains("{}");
    assertThat(chart.crds())
        .containsEntry("web/crds/a.yaml", "a: 1")
        .containsEntry("web/charts/plain/crds/b.yaml", "b: 2")
        .containsEntry("web/charts/inner-0.1.0.tgz!inner/crds/c.yaml", "c: 3")
        .hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "web/../../evil", "/etc/evil", "web\\..\\..\\evil", "C:/evil"})
  void an_entry_that_points_elsewhere_is_refused(String path) {
    assertThatThrownBy(() -> read(TestArchive.of("web", "1.0.0").with(path, "x")))
        .isInstanceOf(InvalidChartException.class)
        .hasMessageContaining("test.tgz has an entry outside of the chart's directory");
  }

  @Test
  void a_file_that_unpacks_to_more_than_the_limit_is_refused() {
    byte[] zeros = new byte[(5 << 20) + 1];
    assertThatThrownBy(() -> read(TestArchive.of("web", "1.0.0").with("web/big", zeros)))
        .hasMessage("test.tgz: web/big is larger than 5 MiB");
  }

  @Test
  void many_files_that_unpack_to_more_than_the_limit_are_refused() {
    TestArchive bomb = TestArchive.of("web", "1.0.0");
    byte[] zeros = new byte[5 << 20];
    for (int i = 0; i < 21; i++) {
      bomb.with("web/" + i, zeros);
    }
    assertThatThrownBy(() -> read(bomb)).hasMessage("test.tgz is larger than 100 MiB, unpacked");
  }

  @Test
  void what_is_not_an_archive_is_told_as_that() {
    assertThatThrownBy(() -> ChartArchive.read("<html>".getBytes(), "page"))
        .hasMessageContaining("page is no chart archive: expected gzip");
    byte[] good = TestArchive.of("web", "1.0.0").with("web/values.yaml", "a: 1").bytes();
    assertThatThrownBy(() -> ChartArchive.read(Arrays.copyOf(good, good.length / 2), "half"))
        .hasMessageContaining("half is");
    assertThatThrownBy(() -> read(TestArchive.empty().with("a/b", "c")))
        .hasMessageContaining("expected one directory with a Chart.yaml, found 0");
    assertThatThrownBy(() -> read(TestArchive.empty().with("web/Chart.yaml", "name: web")))
        .hasMessageContaining("Chart.yaml: expected a name and a version");
    assertThatThrownBy(() -> read(TestArchive.empty().with("web/Chart.yaml", "[1]")))
        .hasMessageContaining("Chart.yaml: expected a name and a version");
    assertThatThrownBy(() -> read(TestArchive.of("../x", "1.0.0")))
        .isInstanceOf(InvalidChartException.class);
  }
}
