package dev.plinth.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That each benchmark works; how long anything takes is not looked at. */
@Tag("exhaustive")
class ShortFormIT {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cold-start",
        "first-request",
        "restart",
        "idle",
        "node-hosts",
        "config-maps",
        "file-latency",
        "many-files",
        "drift",
        "load-balancers-50",
        "load-balancers-existing",
        "load-balancers-large",
        "values-merge",
        "helm-releases",
        "helm-restart",
        "helm-command",
        "takeover"
      })
  void measuresWhatItIsToMeasure(String benchmark) {
    assertThat(Main.commandLine().execute("--short", benchmark)).isZero();
  }
}
