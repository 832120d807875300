package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputsHashTest {

  private static final String CHART =
      """
      chart: traefik
      repo: https://user:one@charts.example.org
      valuesContent: "a: {b: 1, c: x}"
      """;

  private final FakeLookup lookup =
      new FakeLookup()
          .with(ReferencedObject.secret("kube-system", "s"), "k", "d: 1", "l", "d: 2")
          .with(ReferencedObject.secret("kube-system", "auth"), "username", "u", "password", "p");

  @Test
  void is_as_long_as_a_label_and_the_same_each_time() {
    assertThat(hash(CHART)).matches("[0-9a-f]{63}").isEqualTo(hash(CHART));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "failurePolicy: abort",
        "timeout: 5m",
        "backOffLimit: 3",
        "authSecret: {name: auth}",
        "authPassCredentials: true",
        "insecureSkipTLSVerify: true",
        "plainHTTP: true",
        "jobImage: a",
        "createNamespace: true",
        "serverSide: auto",
        "forceConflicts: false",
        "driver: secret",
        "targetNamespace: kube-system",
        "repoCA: x",
        "values: {}",
        "values: null",
        "set: {}",
        "valuesSecrets: [{name: s}]",
        "values: {a: {c: x}}",
        "repo: https://user:two@charts.example.org",
        "valuesContent: '{a: {c: x, b: 1}}'",
        "valuesContent: '{a: {c: x, b: 1.0}}'",
      })
  void is_the_same_whatever_is_no_part(String field) {
    assertThat(hash(with(field))).isEqualTo(hash(CHART));
  }

  @Test
  void differs_for_each_part() {
    List<String> hashes =
        Stream.of(
                "driver: secret", // no difference, as the test above shows
                "chart: other",
                "repo: https://other.example.org",
                "repo: http://charts.example.org",
                "version: 1.2.3",
                "version: 1.2.4",
                "chart: oci://charts.example.org/traefik",
                "chart: oci://charts.example.org/traefik:1",
                "chart: https://charts.example.org/traefik.tgz",
                "chart: https://charts.example.org/traefik.tgz?a=b",
                "chart: https://%{KUBERNETES_API}%/static/charts/traefik.tgz",
                "chartContent: YWJj",
                "targetNamespace: other",
                "driver: configmap",
                "takeOwnership: true",
                "serverSide: 'true'",
                "serverSide: 'false'",
                "forceConflicts: true",
                "values: {a: {b: 2}}",
                "values: {a: {b: null}}",
                "values: {a: {b: '1'}}",
                "values: {e: {}}",
                "values: {e: []}",
                "values: {e: ''}",
                "values: {e: null}",
                "set: {a.b: 2}",
                "set: {a.b: '2'}",
                "set: {e: 1}",
                "valuesSecrets: [{name: s, keys: [k]}]",
                "valuesSecrets: [{name: s, keys: [l]}]",
                "valuesSecrets: [{name: s, keys: [k], ignoreUpdates: true}]",
                "valuesSecrets: [{name: s, keys: [l], ignoreUpdates: true}]",
                "valuesSecrets: [{name: t, keys: [l], ignoreUpdates: true}]")
            .map(it -> hash(with(it)))
            .toList();
    assertThat(hashes).doesNotHaveDuplicates();
  }

  @Test
  void a_config_counts_by_what_it_changes() {
    assertThat(hash(CHART, "valuesContent: 'a: {b: 1}'")).isEqualTo(hash(CHART));
    assertThat(hash(CHART, "valuesContent: 'a: {b: 2}'"))
        .isEqualTo(hash(with("values: {a: {b: 2}}")))
        .isNotEqualTo(hash(CHART));
    assertThat(hash(CHART, "forceConflicts: true")).isEqualTo(hash(with("forceConflicts: true")));
    assertThat(hash(CHART, "failurePolicy: abort")).isEqualTo(hash(CHART));
  }

  @Test
  void an_ignored_secret_may_change_and_a_noticed_one_not() {
    String noticed = with("valuesSecrets: [{name: s, keys: [k]}]");
    String ignored = with("valuesSecrets: [{name: s, keys: [k], ignoreUpdates: true}]");
    String before = hash(noticed);
    String unnoticedBefore = hash(ignored);
    lookup.with(ReferencedObject.secret("kube-system", "s"), "k", "d: 3", "other", "d: 4");
    assertThat(hash(noticed)).isNotEqualTo(before);
    assertThat(hash(ignored)).isEqualTo(unnoticedBefore);
  }

  @Test
  void the_digest_of_an_archive_at_hand_counts() {
    assertThat(hash(CHART, null, Optional.of("1")))
        .isNotEqualTo(hash(CHART, null, Optional.of("2")))
        .isNotEqualTo(hash(CHART));
  }

  /** The chart with a field in place of its own, or besides. */
  private static String with(String field) {
    String name = field.substring(0, field.indexOf(':') + 1);
    String kept =
        String.join("\n", CHART.lines().filter(it -> !it.startsWith(name)).toList()) + "\n";
    return kept + field + "\n";
  }

  private String hash(String chart) {
    return hash(chart, null);
  }

  private String hash(String chart, String config) {
    return hash(chart, config, Optional.empty());
  }

  private String hash(String chart, String config, Optional<String> digest) {
    HelmChart object = Objects.chart(chart);
    Optional<HelmChartConfig> customised = Optional.ofNullable(config).map(Objects::config);
    InputsReading reading = new InputsReader(lookup, it -> digest).read(object, customised);
    assertThat(reading).isInstanceOf(InputsReading.Complete.class);
    return ((InputsReading.Complete) reading).inputs().inputsHash();
  }
}
