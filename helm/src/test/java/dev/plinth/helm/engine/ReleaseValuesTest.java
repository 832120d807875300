package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.values.ChartDefaults;
import dev.plinth.helm.values.MergedValues;
import dev.plinth.helm.values.ValuesInput;
import dev.plinth.helm.values.ValuesMerger;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReleaseValuesTest {

  @Test
  void integers_of_set_that_a_file_would_make_floating_point_are_kept() {
    ReleaseValues values =
        ReleaseValues.of(
            merged(
                """
                set:
                  a.uid: 1000660000
                  b: -1000000
                  small: 999999
                  text: "1000660000"
                  "on": "true"
                values: {file: 1000660000}
                """));

    assertThat(values.integers())
        .containsExactlyInAnyOrderEntriesOf(Map.of("a.uid", 1_000_660_000L, "b", -1_000_000L));
    assertThat(values.document().at("/a/uid").asLong()).isEqualTo(1_000_660_000L);
    assertThat(values.document().at("/text").isTextual()).isTrue();
  }

  private static MergedValues merged(String spec) {
    HelmChart chart =
        Serialization.unmarshal(
            "metadata: {namespace: default, name: a}\nspec:\n" + spec.indent(2), HelmChart.class);
    return new ValuesMerger()
        .merge(
            new ValuesInput(
                ChartDefaults.none("a"), chart, Optional.empty(), ValuesInput.Secrets.NONE));
  }
}
