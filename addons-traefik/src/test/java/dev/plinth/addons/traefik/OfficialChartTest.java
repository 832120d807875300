package dev.plinth.addons.traefik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The values of the table against the official chart, which is not part of this project: give it
 * with {@code -Dtraefik.chart=FILE}, as {@code helm pull traefik --repo
 * https://traefik.github.io/charts --version 41.3.0} gets it.
 */
class OfficialChartTest {

  private static final String FILE = System.getProperty("traefik.chart", "");

  @TempDir Path dataDir;
  private static RenderedChart chart;

  @BeforeAll
  static void open() throws Exception {
    String skipped =
        "SKIPPED: no value was held against the official chart; give its archive of version %s with -Dtraefik.chart=FILE"
            .formatted(TraefikAddon.officialChart().version());
    if (FILE.isEmpty()) {
      System.getLogger(OfficialChartTest.class.getName()).log(Level.WARNING, skipped);
    }
    assumeTrue(!FILE.isEmpty(), skipped);
    chart = RenderedChart.of(Path.of(FILE));
  }

  static List<ValueRow> settings() {
    return ValueRow.by("plinth");
  }

  static List<ValueRow> users() {
    return ValueRow.by("user");
  }

  static List<ValueRow> old() {
    return ValueRow.by("old");
  }

  @Test
  void is_the_pinned_version() {
    assertThat(chart.archive().toString())
        .isEqualTo("traefik-" + TraefikAddon.officialChart().version());
  }

  @Test
  void takes_all_settings_together() throws Exception {
    JsonNode settings = SettingsTest.settings(dataDir);

    assertThat(chart.problems(settings)).isEmpty();
    String rendered = chart.render(settings);
    settings().forEach(row -> assertThat(rendered).contains(expected(row)));
    assertThat(rendered).contains("type: LoadBalancer", "port: 80\n", "port: 443\n");
  }

  @ParameterizedTest
  @MethodSource({"settings", "users"})
  void knows_the_value_and_does_what_it_says(ValueRow row) {
    assertThat(chart.problems(row.values())).isEmpty();
    assertThat(chart.render(row.values())).contains(row.rendered());
    assertThat(chart.render(row.otherwise())).doesNotContain(row.rendered());
  }

  @ParameterizedTest
  @MethodSource("old")
  void what_is_no_value_any_more_is_refused_or_does_nothing_as_the_table_says(ValueRow row) {
    if (row.fate().equals("refused")) {
      assertThat(chart.problems(row.values())).isNotEmpty();
    } else {
      assertThat(chart.problems(row.values())).isEmpty();
      assertThat(chart.render(row.values())).isEqualTo(chart.render(row.otherwise()));
    }
  }

  /** With all of them, the values of others are in the same line. */
  private static String expected(ValueRow row) {
    return switch (row.path()) {
      case "image.registry", "image.repository", "image.tag" ->
          "docker.io/rancher/mirrored-library-traefik:3.7.8";
      default -> row.rendered();
    };
  }
}
