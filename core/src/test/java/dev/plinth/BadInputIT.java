package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.PlinthListener;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that cannot be applied, among others that can, on a real API server. */
@WithControlPlane
class BadInputIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  /** The API server's own words about these quote values. */
  private static final Map<String, String> SECRETS =
      Map.ofEntries(
          secret("text-for-mapping", "stringData: %s"),
          secret("sequence-for-mapping", "data: [%s]"),
          secret("no-base64", "data: {p: '*%s*'}"),
          secret("mapping-for-text", "stringData: {p: {q: %s}}"),
          secret("unknown-field", "stringDat: {p: %s}"),
          secret("invalid-key", "stringData: {'a b': %s}"),
          secret(
              "invalid-json",
              "type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: '%s'}"),
          secret("missing-key", "type: kubernetes.io/tls\nstringData: {tls.crt: '%s'}"),
          secret("invalid-type", "type: [x]\nstringData: {p: '%s'}"),
          secret("immutable-text", "immutable: 'maybe'\nstringData: {p: '%s'}"),
          secret("malformed", "stringData: {p: '%s'"),
          secret("alias", "stringData:\n  p: *%s"));

  @TempDir Path data;

  private KubernetesClient client;
  private TestHost host;
  private final List<String> told = new CopyOnWriteArrayList<>();

  @BeforeEach
  void begin(ControlPlane controlPlane) throws IOException {
    client = controlPlane.client();
    host = TestHost.of(controlPlane, data);
    Files.createDirectories(host.manifests());
  }

  @Test
  void valuesOfSecretsAreInNoMessageEventOrStatus() throws Exception {
    for (Map.Entry<String, String> secret : SECRETS.entrySet()) {
      write(secret.getKey(), secret.getValue());
    }
    try (PlinthServer server = start()) {
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(server.status().files())
                      .hasSameSizeAs(SECRETS.keySet())
                      .as(server.status().toString())
                      .allMatch(it -> it.state() == AddonState.FAILED));

      AddonReport report = server.status();
      assertThat(report.files()).allMatch(it -> !it.message().isBlank());
      told.add(report.toString());
    }
    for (String name : SECRETS.keySet()) {
      told.add(Serialization.asJson(host.addon(name)));
      host.events(name).stream().map(Serialization::asJson).forEach(told::add);
    }
    assertThat(told).noneMatch(Canary::isIn);
  }

  @Test
  void aFileIsAppliedAsAWholeOrNotAtAllAndHindersNoOther() throws Exception {
    write("whole", configMap("whole-a") + configMap("whole-b"));
    write("half", configMap("half-a") + configMap("half-b") + "---\nkind: [\n");
    Files.write(host.manifests().resolve("binary.yaml"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    try (PlinthServer server = start()) {
      await().atMost(SOON).until(() -> state(server, "whole") == AddonState.READY);
      await().atMost(SOON).until(() -> state(server, "half") == AddonState.FAILED);
      await().atMost(SOON).until(() -> state(server, "binary") == AddonState.FAILED);
      assertThat(exists("half-a") || exists("half-b")).isFalse();
      assertThat(server.status().file("half.yaml").orElseThrow().message())
          .contains("half.yaml:", "expected the node content");

      write("half", configMap("half-a") + configMap("half-b"));

      await().atMost(SOON).until(() -> state(server, "half") == AddonState.READY);
      write("half", configMap("half-a") + "---\nkind: [\n");
      await().atMost(SOON).until(() -> state(server, "half") == AddonState.FAILED);
      assertThat(exists("half-a") && exists("half-b")).isTrue();
    }
  }

  private PlinthServer start() {
    return host.server()
        .listener(
            new PlinthListener() {
              @Override
              public void onStatus(AddonStatus status) {
                told.add(status.toString());
              }

              @Override
              public void onWarning(String warning) {
                told.add(warning);
              }
            })
        .start();
  }

  private static AddonState state(PlinthServer server, String name) {
    return server.status().file(name + ".yaml").map(AddonStatus::state).orElse(null);
  }

  private boolean exists(String configMap) {
    return client.configMaps().inNamespace("default").withName(configMap).get() != null;
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(host.manifests().resolve(name + ".yaml"), content);
  }

  private static String configMap(String name) {
    return "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default}}\n"
        .formatted(name);
  }

  private static Map.Entry<String, String> secret(String name, String rest) {
    return Map.entry(
        "bad-" + name,
        "apiVersion: v1\nkind: Secret\nmetadata: {name: bad-%s, namespace: default}\n%s\n"
            .formatted(name, rest.formatted(Canary.VALUE)));
  }
}
