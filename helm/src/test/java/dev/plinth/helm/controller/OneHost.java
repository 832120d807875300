package dev.plinth.helm.controller;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tests on one running host, each in a namespace of its own. */
abstract class OneHost {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  @TempDir static Path data;

  static KubernetesClient client;
  static HelmHost host;
  static OtherHelm other;
  String namespace;

  @BeforeAll
  static void start() throws InterruptedException {
    client = CONTROL_PLANE.client();
    host = HelmHost.of(client, data).start().awaitStarted();
    other = new OtherHelm(client, data);
  }

  @AfterAll
  static void close() {
    host.close();
    other.close();
  }

  @BeforeEach
  void newNamespace() {
    namespace = HelmHost.namespace(client);
  }

  HelmChart note(String spec) {
    return Charts.inline(namespace, "note", Charts.note("1.0.0"), spec);
  }

  ConfigMap configMap() {
    return client.configMaps().inNamespace(namespace).withName("note").get();
  }

  String text() {
    return Optional.ofNullable(configMap()).map(it -> it.getData().get("text")).orElse("");
  }

  static HelmChart annotated(HelmChart chart, String key, String value) {
    Map<String, String> annotations =
        new HashMap<>(Optional.ofNullable(chart.getMetadata().getAnnotations()).orElse(Map.of()));
    annotations.put(key, value);
    chart.getMetadata().setAnnotations(annotations);
    return chart;
  }

  /** The same chart with other values; its archive stays. */
  static HelmChart withSet(HelmChart chart, String text) {
    HelmChart other =
        Charts.chart(
            "a",
            "b",
            "{\"set\": {\"text\": \"%s\"}, \"chartContent\": \"%s\", \"failurePolicy\": \"%s\"}"
                .formatted(text, chart.getSpec().chartContent(), chart.getSpec().failurePolicy()));
    chart.setSpec(other.getSpec());
    return chart;
  }
}
