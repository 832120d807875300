package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.controller.InputsReading.Complete;
import dev.plinth.helm.controller.InputsReading.Wanting;
import dev.plinth.helm.controller.Reference.Keys;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.release.FailurePolicy;
import dev.plinth.helm.release.StorageDriver;
import dev.plinth.helm.source.ChartReference.InRepository;
import dev.plinth.helm.source.ChartReference.Packaged;
import dev.plinth.helm.source.ChartReference.Static;
import dev.plinth.helm.source.SourceAccess.Basic;
import dev.plinth.helm.source.SourceAccess.ClientCertificate;
import dev.plinth.helm.values.ChartDefaults;
import dev.plinth.helm.values.Owner;
import dev.plinth.helm.values.ValuesMerger;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputsReaderTest {

  private static final String CHART = "chart: traefik\nrepo: https://charts.example.org\n";

  private final FakeLookup lookup = new FakeLookup();

  @Test
  void a_chart_with_its_config_becomes_one_value() {
    ChartInputs inputs =
        complete(
            Objects.chart(
                CHART
                    + """
                    version: 1.2.3
                    timeout: 90s
                    failurePolicy: abort
                    driver: configmap
                    targetNamespace: web
                    valuesContent: "a: 1"
                    set: {b: 2}
                    """),
            Objects.config("valuesContent: 'c: 3'\nfailurePolicy: retry"));
    assertThat(inputs.reference())
        .isEqualTo(new InRepository(URI.create("https://charts.example.org"), "traefik", "1.2.3"));
    assertThat(inputs.userValues().supplied()).hasToString("{\"a\":1,\"c\":3,\"b\":2}");
    assertThat(inputs.failurePolicy()).isEqualTo(FailurePolicy.RETRY);
    assertThat(inputs.storage()).isEqualTo(StorageDriver.CONFIGMAP);
    assertThat(inputs.timeout()).contains(Duration.ofSeconds(90));
    assertThat(inputs.releaseName()).hasToString("web/traefik");
    assertThat(inputs.inputsHash()).matches("[0-9a-f]{63}");
    assertThat(inputs.notes()).isEmpty();
  }

  @Test
  void a_chart_that_asks_for_it_is_the_packaged_one() {
    HelmChart chart = Objects.chart(CHART + "version: 1.2.3");
    chart.getMetadata().setAnnotations(Map.of("plinth.dev/packaged-chart", "true"));

    assertThat(complete(chart).reference())
        .isEqualTo(
            new Packaged(
                URI.create("https://charts.example.org"), "traefik", "1.2.3", Optional.empty()));

    chart.getMetadata().setAnnotations(Map.of("plinth.dev/packaged-chart", "yes"));
    assertThat(wanting(chart))
        .singleElement()
        .extracting(InputProblem::message)
        .isEqualTo(
            "HelmChart kube-system/traefik: annotation plinth.dev/packaged-chart: expected \"true\""
                + " or \"false\", found \"yes\"");
  }

  @Test
  void the_second_merge_has_the_secrets_of_the_first() {
    lookup.with(secret("s"), "k", "a: s");
    ChartInputs inputs = complete(Objects.chart(CHART + "valuesSecrets: [{name: s, keys: [k]}]"));
    lookup.with(secret("s"), "k", "a: other");
    assertThat(
            new ValuesMerger()
                .merge(inputs.valuesWith(ChartDefaults.of("traefik", "a: d\nb: d")))
                .effective())
        .hasToString("{\"a\":\"s\",\"b\":\"d\"}");
  }

  @Test
  void access_comes_from_secrets_and_config_maps() {
    lookup
        .with(secret("auth"), "username", "u", "password", "p", "tls.crt", "c", "tls.key", "k")
        .with(secret("docker"), ".dockerconfigjson", "{}")
        .with(ReferencedObject.configMap(Objects.NAMESPACE, "cas"), "b", "two", "a", "one");
    ChartInputs inputs =
        complete(
            Objects.chart(
                CHART
                    + """
                    authSecret: {name: auth}
                    dockerRegistrySecret: {name: docker}
                    repoCA: zero
                    repoCAConfigMap: {name: cas}
                    authPassCredentials: true
                    plainHTTP: true
                    insecureSkipTLSVerify: true
                    """));
    assertThat(inputs.access().basic()).contains(new Basic("u", "p"));
    assertThat(inputs.access().clientCertificate()).isEmpty();
    assertThat(inputs.access().dockerConfig()).contains("{}");
    assertThat(inputs.access().certificateAuthorities()).containsExactly("zero", "one", "two");
    assertThat(inputs.access().passCredentials()).isTrue();
    assertThat(inputs.access().plainHttp()).isTrue();
    assertThat(inputs.access().insecureSkipTlsVerify()).isTrue();
  }

  @Test
  void a_client_certificate_is_access_too() {
    lookup.with(secret("auth"), "tls.crt", "c", "tls.key", "k");
    assertThat(
            complete(Objects.chart(CHART + "authSecret: {name: auth}"))
                .access()
                .clientCertificate())
        .contains(new ClientCertificate("c", "k"));
  }

  @Test
  void a_chart_of_this_host_needs_no_access() {
    ChartInputs inputs =
        complete(
            Objects.chart(
                """
                chart: https://%{KUBERNETES_API}%/static/charts/a.tgz
                authSecret: {name: none}
                """));
    assertThat(inputs.reference()).isEqualTo(new Static("a.tgz"));
    assertThat(lookup.asked()).isEmpty();
  }

  @Test
  void asks_for_the_keys_that_are_named_only() {
    read(
        Objects.chart(
            CHART
                + """
                valuesSecrets:
                  - {name: a, keys: [k, l]}
                  - {name: b, keys: [m], ignoreUpdates: true}
                  - {name: c}
                  - {name: chart-values-traefik, keys: [x]}
                """),
        Objects.config("valuesSecrets: [{name: d, keys: [n]}]"));
    assertThat(lookup.asked())
        .containsExactly(
            new Reference(secret("a"), Keys.of("k", "l"), true),
            new Reference(secret("b"), Keys.of("m"), false),
            new Reference(secret("d"), Keys.of("n"), true));
  }

  @Test
  void what_is_missing_is_named_with_its_object_and_field() {
    lookup.with(secret("there"), "other", "").with(secret("half"), "username", "u");
    List<InputProblem> problems =
        wanting(
            Objects.chart(
                CHART
                    + """
                    authSecret: {name: half}
                    dockerRegistrySecret: {name: there}
                    repoCAConfigMap: {name: cas}
                    valuesSecrets: [{name: gone, keys: [k]}, {name: there, keys: [l]}]
                    """),
            Objects.config("valuesSecrets: [{name: away, keys: [m]}]"));
    assertThat(problems)
        .extracting(InputProblem::reason)
        .containsOnly(InputProblem.MISSING_REFERENCE);
    assertThat(problems)
        .extracting(InputProblem::message)
        .containsExactlyInAnyOrder(
            "HelmChart kube-system/traefik: spec.authSecret: expected the keys username and"
                + " password, or tls.crt and tls.key, in Secret kube-system/half, found only"
                + " username",
            "HelmChart kube-system/traefik: spec.dockerRegistrySecret: expected the key"
                + " .dockerconfigjson in Secret kube-system/there, found no such key",
            "HelmChart kube-system/traefik: spec.repoCAConfigMap: expected ConfigMap"
                + " kube-system/cas, found none of that name",
            "HelmChart kube-system/traefik: spec.valuesSecrets[0]: expected the key k in Secret"
                + " kube-system/gone, found no such Secret",
            "HelmChart kube-system/traefik: spec.valuesSecrets[1]: expected the key l in Secret"
                + " kube-system/there, found no such key",
            "HelmChartConfig kube-system/traefik: spec.valuesSecrets[0]: expected the key m in"
                + " Secret kube-system/away, found no such Secret");
    assertThat(problems).last().extracting(InputProblem::owner).isEqualTo(Owner.HELM_CHART_CONFIG);
  }

  @Test
  void what_can_not_be_read_is_not_taken_for_missing() {
    lookup.unreadable(secret("s"), "no right").unreadable(secret("t"), "no right");
    assertThat(
            wanting(
                Objects.chart(
                    CHART
                        + """
                        authSecret: {name: t}
                        valuesSecrets: [{name: s, keys: [k, l], ignoreUpdates: true}]
                        """)))
        .containsExactlyInAnyOrder(
            new InputProblem(
                Owner.HELM_CHART,
                InputProblem.UNREADABLE_REFERENCE,
                "HelmChart kube-system/traefik: spec.authSecret: Secret kube-system/t can not be"
                    + " read: no right"),
            new InputProblem(
                Owner.HELM_CHART,
                InputProblem.UNREADABLE_REFERENCE,
                "HelmChart kube-system/traefik: spec.valuesSecrets[0]: Secret kube-system/s can"
                    + " not be read: no right"));
  }

  @Test
  void an_ignored_secret_may_be_missing() {
    ChartInputs inputs =
        complete(
            Objects.chart(CHART + "valuesSecrets: [{name: s, keys: [k], ignoreUpdates: true}]"));
    assertThat(inputs.userValues().supplied()).isEmpty();
  }

  @Test
  void broken_values_are_named_with_line_and_column_and_their_owner() {
    lookup.with(secret("s"), "k", "a: {top secret");
    List<InputProblem> problems =
        wanting(
            Objects.chart(
                CHART
                    + """
                    valuesContent: "a: 1\\nb: ["
                    values: [1]
                    set: {x: {y: 1}}
                    """),
            Objects.config("valuesContent: 'just text'\nvaluesSecrets: [{name: s, keys: [k]}]"));
    assertThat(problems).extracting(InputProblem::reason).containsOnly("InvalidValues");
    assertThat(problems)
        .extracting(InputProblem::message)
        .noneMatch(it -> it.contains("top secret"))
        .anyMatch(it -> it.startsWith("HelmChart kube-system/traefik: spec.valuesContent, line 2"))
        .anyMatch(it -> it.startsWith("HelmChart kube-system/traefik: spec.values: found a list"))
        .anyMatch(it -> it.startsWith("HelmChart kube-system/traefik: spec.set[\"x\"]"))
        .anyMatch(
            it ->
                it.startsWith(
                    "HelmChartConfig kube-system/traefik: spec.valuesContent, line 1, column 1"))
        .anyMatch(
            it ->
                it.startsWith(
                    "HelmChartConfig kube-system/traefik: spec.valuesSecrets[0], Secret s, key k,"
                        + " line 1"));
    assertThat(problems)
        .extracting(InputProblem::owner)
        .containsExactly(
            Owner.HELM_CHART,
            Owner.HELM_CHART,
            Owner.HELM_CHART,
            Owner.HELM_CHART_CONFIG,
            Owner.HELM_CHART_CONFIG);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timeout: 5x | spec.timeout: found \"5x\", expected a duration above 0",
        "timeout: '300' | spec.timeout: found \"300\"",
        "timeout: '' | spec.timeout: found \"\"",
        "timeout: 0s | spec.timeout: found \"0s\"",
        "driver: sql | spec.driver: found \"sql\", expected secret or configmap",
        "helmVersion: v2 | spec.helmVersion: found \"v2\", expected v3, or nothing",
        "failurePolicy: perhaps | spec.failurePolicy: found \"perhaps\", expected abort",
        "serverSide: perhaps | spec.serverSide: found \"perhaps\", expected true",
        "targetNamespace: Web | spec.targetNamespace: Release namespace \"Web\"",
        "chartContent: '***' | spec.chartContent: expected base64",
        "repoCAConfigMap: {} | spec.repoCAConfigMap.name: found nothing",
      })
  void a_field_that_is_not_understood_is_told_with_what_was_found(String field, String message) {
    assertThat(wanting(Objects.chart(CHART + field)))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.owner()).isEqualTo(Owner.HELM_CHART);
              assertThat(it.reason()).isEqualTo(InputProblem.INVALID_FIELD);
              assertThat(it.message()).startsWith("HelmChart kube-system/traefik: " + message);
            });
  }

  @Test
  void a_chart_without_a_repository_is_told() {
    assertThat(wanting(Objects.chart("chart: a")))
        .singleElement()
        .extracting(InputProblem::message)
        .asString()
        .contains("spec.repo: the chart \"a\" is a name");
  }

  @Test
  void a_name_that_is_none_of_a_release_is_told() {
    assertThat(wanting(Objects.chart(Objects.NAMESPACE, "a".repeat(54), CHART)))
        .singleElement()
        .extracting(InputProblem::message)
        .asString()
        .contains("metadata.name: Release name")
        .contains("expected a DNS subdomain of up to 53");
  }

  @ParameterizedTest
  @ValueSource(strings = {"failurePolicy", "serverSide"})
  void what_the_config_brings_is_the_configs_problem(String field) {
    assertThat(wanting(Objects.chart(CHART), Objects.config(field + ": perhaps")))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.owner()).isEqualTo(Owner.HELM_CHART_CONFIG);
              assertThat(it.message())
                  .startsWith("HelmChartConfig kube-system/traefik: spec." + field);
            });
  }

  @Test
  void notes_say_what_has_no_effect() {
    ChartInputs inputs =
        complete(
            Objects.chart(CHART + "failurePolicy: retry\nvaluesSecrets: [{name: s}]"),
            Objects.config("failurePolicy: reinstall"));
    assertThat(inputs.notes())
        .anyMatch(it -> it.contains("reinstall is ignored"))
        .anyMatch(it -> it.contains("names no keys of the Secret s"));
    assertThat(inputs.failurePolicy()).isEqualTo(FailurePolicy.RETRY);
  }

  @Test
  void nothing_secret_is_in_any_text() {
    lookup
        .with(secret("s"), "k", "a: hidden")
        .with(secret("t"), "username", "hidden", "password", "hidden");
    ChartInputs inputs =
        complete(
            Objects.chart(CHART + "authSecret: {name: t}\nvaluesSecrets: [{name: s, keys: [k]}]"));
    assertThat(inputs.toString()).doesNotContain("hidden");
    assertThat(new Complete(inputs).toString()).doesNotContain("hidden");
  }

  private ChartInputs complete(HelmChart chart) {
    return ((Complete) read(chart, null)).inputs();
  }

  private ChartInputs complete(HelmChart chart, HelmChartConfig config) {
    return ((Complete) read(chart, config)).inputs();
  }

  private List<InputProblem> wanting(HelmChart chart) {
    return wanting(chart, null);
  }

  private List<InputProblem> wanting(HelmChart chart, HelmChartConfig config) {
    return ((Wanting) read(chart, config)).problems();
  }

  private InputsReading read(HelmChart chart, HelmChartConfig config) {
    return new InputsReader(lookup, reference -> Optional.empty())
        .read(chart, Optional.ofNullable(config));
  }

  private static ReferencedObject secret(String name) {
    return ReferencedObject.secret(Objects.NAMESPACE, name);
  }
}
