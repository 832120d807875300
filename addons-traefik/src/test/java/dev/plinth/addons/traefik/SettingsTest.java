package dev.plinth.addons.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plinth.config.ServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The values that this add-on sets: the table has them all, and the compact chart knows them. */
class SettingsTest {

  @TempDir static Path directory;
  private static RenderedChart chart;

  @BeforeAll
  static void pack() throws Exception {
    chart = RenderedChart.of(CompactChart.packIn(directory));
  }

  static List<ValueRow> settings() {
    return ValueRow.by("plinth");
  }

  /** Of what users set, it has a part, and refuses the rest. */
  static List<ValueRow> users() {
    return ValueRow.by("user").stream().filter(row -> !row.values().isEmpty()).toList();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void the_compact_chart_knows_it_and_does_what_it_says(ValueRow row) {
    assertThat(chart.problems(row.values())).isEmpty();
    assertThat(chart.render(row.values())).contains(row.compact());
    assertThat(chart.render(row.otherwise())).doesNotContain(row.compact());
  }

  @ParameterizedTest
  @MethodSource("users")
  void what_users_set_it_does_or_refuses(ValueRow row) {
    if (chart.problems(row.values()).isEmpty()) {
      assertThat(chart.render(row.values())).contains(row.compact());
    }
  }

  @Test
  void the_table_has_every_value_that_is_set() throws Exception {
    Set<String> paths = new TreeSet<>();
    collect(settings(directory), "", paths);

    assertThat(paths).isEqualTo(new TreeSet<>(settings().stream().map(ValueRow::path).toList()));
  }

  @Test
  void all_together_fit_the_compact_chart() throws Exception {
    JsonNode settings = settings(directory);

    assertThat(chart.problems(settings)).isEmpty();
    assertThat(chart.render(settings))
        .contains("docker.io/rancher/mirrored-library-traefik:3.7.8", "type: LoadBalancer");
  }

  /** As the staged file has them. */
  static JsonNode settings(Path dataDir) throws Exception {
    ServerConfig config = ServerConfig.builder().dataDir(dataDir).nodeName("server").build();
    String manifest = new TraefikAddon().manifests(config).get(0).content();
    return new YAMLMapper().readTree(HelmCharts.parse(manifest).get(0).getSpec().valuesContent());
  }

  /** A list is one value: Helm replaces it as a whole. */
  private static void collect(JsonNode node, String path, Set<String> into) {
    if (!node.isObject()) {
      into.add(path);
      return;
    }
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    names.forEach(name -> collect(node.get(name), path.isEmpty() ? name : path + "." + name, into));
  }
}
