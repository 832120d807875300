package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.helm.model.HelmChart;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What K3s lets crash in a pod, or says nothing of. */
class InvalidChartIT extends OneHost {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'valuesContent': 'a: [b', 'chart': 'x', 'repo': 'https://example.com'} | InvalidValues |"
            + " spec.valuesContent, line 1",
        "{'chartContent': 'no base64!'} | InvalidField | spec.chartContent: expected base64",
        "{'chart': 'x'} | InvalidField | spec.repo: the chart \"x\" is a name",
        "{'chart': 'https://%{KUBERNETES_API}%/static/charts/none.tgz'} | ChartUnavailable |"
            + " none.tgz: expected a chart archive, found no such file",
        "{'chart': 'x', 'repo': 'https://127.0.0.1:1/charts'} | ChartUnavailable | 127.0.0.1:1",
        "{'chart': 'x', 'repo': 'https://example.com', 'authSecret': {'name': 'none'}} |"
            + " MissingReference | none",
        "{'chart': 'x', 'repo': 'https://example.com', 'valuesSecrets': [{'name': 'none', 'keys':"
            + " ['k']}]} | MissingReference | none",
        "{'chart': 'x', 'repo': 'https://example.com', 'helmVersion': 'v2'} | InvalidField |"
            + " spec.helmVersion",
        "{'chart': 'x', 'repo': 'https://example.com', 'set': {'a.': 'b'}} | InvalidValues |"
            + " spec.set",
      })
  void it_is_told_what_was_found_and_what_was_expected(String spec, String reason, String message) {
    HelmChart chart = host.create(Charts.chart(namespace, "wrong", spec.replace('\'', '"')));

    Verdict failed = host.awaitCondition(chart, Verdict.FAILED, "True", reason);

    assertThat(failed.message()).contains(message);
    assertThat(host.events(chart, reason)).isNotEmpty();
    assertThat(host.history(chart)).isEmpty();
    host.delete(chart);
    host.awaitGone(chart);
  }

  @Test
  void an_archive_that_is_none_is_told() {
    HelmChart chart =
        host.create(
            Charts.chart(
                namespace,
                "wrong",
                "{\"chartContent\": \"%s\"}"
                    .formatted(Base64.getEncoder().encodeToString("no archive".getBytes()))));
    Verdict failed = host.awaitCondition(chart, Verdict.FAILED, "True", "ChartUnavailable");
    assertThat(failed.message()).contains("chartContent", "is no chart archive");
  }

  @Test
  void a_target_namespace_that_is_missing_is_told_in_helms_words() {
    HelmChart chart = host.create(note("{\"targetNamespace\": \"%s-none\"}".formatted(namespace)));
    Verdict failed = host.awaitCondition(chart, Verdict.FAILED, "True", "InstallFailed");
    assertThat(failed.message()).contains("namespaces \"" + namespace + "-none\" not found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'timeout': '5x'} | must be a duration",
        "{'timeout': '300'} | must be a duration",
        "{'values': ['a']} | spec.values",
        "{'failurePolicy': 'pray'} | failurePolicy",
        "{'set': {'a': {'b': 'c'}}} | spec.set",
      })
  void the_api_server_refuses_what_it_can(String spec, String message) {
    HelmChart chart = Charts.chart(namespace, "wrong", spec.replace('\'', '"'));
    assertThatThrownBy(() -> host.create(chart))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(message);
  }

  @Test
  void a_name_that_helm_does_not_take_is_refused_by_the_api_server() {
    HelmChart chart = Charts.chart(namespace, "a".repeat(54), "{\"chart\": \"x\"}");
    assertThatThrownBy(() -> host.create(chart)).hasMessageContaining("53 characters");
  }
}
