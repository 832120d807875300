package dev.plinth.helm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EffectiveSettingsTest {

  @Test
  void a_config_overrides() {
    EffectiveSettings settings =
        settings(
            "{failurePolicy: reinstall, serverSide: auto, forceConflicts: true}",
            "{failurePolicy: abort, serverSide: 'false', forceConflicts: false}");

    assertThat(settings).isEqualTo(new EffectiveSettings("abort", "false", false, notes()));
  }

  @Test
  void a_config_that_says_nothing_overrides_nothing() {
    assertThat(settings("{failurePolicy: retry, serverSide: 'true', forceConflicts: true}", "{}"))
        .isEqualTo(new EffectiveSettings("retry", "true", true, notes()));
  }

  @Test
  void the_policy_that_k3s_puts_into_configs_does_not_count_and_that_is_said() {
    EffectiveSettings settings = settings("{failurePolicy: abort}", "{failurePolicy: reinstall}");

    assertThat(settings.failurePolicy()).isEqualTo("abort");
    assertThat(settings.notes())
        .singleElement()
        .asString()
        .contains("the chart's policy is abort", "plinth.dev/failure-policy: explicit");
  }

  @Test
  void it_counts_when_it_is_meant() {
    HelmChartConfig config = config("{failurePolicy: reinstall}");
    config.getMetadata().getAnnotations().put("plinth.dev/failure-policy", "explicit");

    EffectiveSettings settings =
        EffectiveSettings.of(chart("{failurePolicy: abort}"), Optional.of(config));

    assertThat(settings.failurePolicy()).isEqualTo("reinstall");
    assertThat(settings.notes()).isEmpty();
  }

  @Test
  void without_anything_there_are_the_defaults() {
    assertThat(EffectiveSettings.of(chart("{}"), Optional.empty()))
        .isEqualTo(new EffectiveSettings("reinstall", "auto", false, notes()));
  }

  private static List<String> notes() {
    return List.of();
  }

  private static EffectiveSettings settings(String chartSpec, String configSpec) {
    return EffectiveSettings.of(chart(chartSpec), Optional.of(config(configSpec)));
  }

  private static HelmChart chart(String spec) {
    return Serialization.unmarshal("metadata: {}\nspec: " + spec, HelmChart.class);
  }

  private static HelmChartConfig config(String spec) {
    return Serialization.unmarshal(
        "metadata: {annotations: {}}\nspec: " + spec, HelmChartConfig.class);
  }
}
