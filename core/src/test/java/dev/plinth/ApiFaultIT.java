package dev.plinth;

import static dev.plinth.FaultProxy.cutAnswers;
import static dev.plinth.FaultProxy.slow;
import static dev.plinth.FaultProxy.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.FaultProxy.Fault;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.PlinthListener;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An API server that answers with errors, late, half, or not at all, and gets well again. */
@WithControlPlane
class ApiFaultIT {

  /** Whoever cannot work is to say so within this time. */
  private static final Duration TOLD = Duration.ofSeconds(8);

  /** Long enough for pauses to have grown. */
  private static final Duration FAULT = Duration.ofSeconds(2);

  /** A second, on average: loops, informers and their retries, each with pauses that grow. */
  private static final int MOST_REQUESTS = 15;

  private static final Map<String, Fault> FAULTS =
      Map.of(
          "409 to writes",
          status(409, "Conflict", Optional.empty()).only("PATCH", "configmaps"),
          "429 with Retry-After",
          status(429, "TooManyRequests", Optional.of(Duration.ofSeconds(1))),
          "500",
          status(500, "InternalError", Optional.empty()),
          "503",
          status(503, "ServiceUnavailable", Optional.empty()),
          "503 to writes",
          status(503, "ServiceUnavailable", Optional.empty()).only("PATCH", "configmaps"),
          "answers cut short",
          cutAnswers().only("PATCH", "configmaps"),
          "slow answers",
          slow(Duration.ofMillis(1500)),
          "watches that have expired",
          status(410, "Expired", Optional.empty()).only("GET", "watch=true"));

  private static final List<String> SAMPLE = List.of("503", "answers cut short");

  @TempDir Path data;

  private KubernetesClient direct;
  private FaultProxy proxy;
  private KubernetesClient client;
  private final List<AddonStatus> told = new CopyOnWriteArrayList<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  @BeforeEach
  void begin(ControlPlane controlPlane) {
    direct = controlPlane.client();
    proxy = new FaultProxy(controlPlane.clientConfig());
    client = proxy.client("faults");
  }

  @AfterEach
  void close() {
    client.close();
    proxy.close();
  }

  static Stream<String> sample() {
    return SAMPLE.stream();
  }

  static Stream<String> others() {
    return FAULTS.keySet().stream().filter(it -> !SAMPLE.contains(it)).sorted();
  }

  @ParameterizedTest
  @MethodSource("sample")
  void aFaultIsToldAndPassesWithoutATrace(String fault) throws Exception {
    passes(fault);
  }

  @Tag("exhaustive")
  @ParameterizedTest
  @MethodSource("others")
  void everyFaultIsToldAndPassesWithoutATrace(String fault) throws Exception {
    passes(fault);
  }

  private void passes(String name) throws Exception {
    Fault fault = FAULTS.get(name);
    String addon = "fault-" + Math.abs(name.hashCode());
    boolean isTold = !name.startsWith("slow") && !name.startsWith("watches");

    writeFile(addon, "1");
    proxy.begin(fault);
    try (PlinthServer server = start(addon)) {
      if (isTold) {
        await("told at the start").atMost(TOLD).until(() -> tells(addon));
      } else {
        awaitWell(server, addon, "1");
      }
      holdsBackFor(FAULT);
      proxy.end();
      awaitWell(server, addon, "1");

      told.clear();
      warnings.clear();
      proxy.begin(fault);
      proxy.cutConnections();
      remove(addon);
      writeFile(addon, "2");
      if (isTold) {
        await("told while it runs").atMost(TOLD).until(() -> tells(addon));
      } else {
        awaitWell(server, addon, "2");
      }
      holdsBackFor(FAULT);
      proxy.end();
      awaitWell(server, addon, "2");

      assertThat(warnings).as("told once").hasSizeLessThanOrEqualTo(1);
      assertThat(told.stream().map(AddonStatus::state).distinct())
          .doesNotContain(AddonState.FAILED);
    }
  }

  private PlinthServer start(String addon) {
    return Plinth.builder()
        .client(client)
        .config(ServerConfig.builder().nodeName("n1").dataDir(data).build())
        .addons(
            AddonCatalog.of(
                TestAddon.of(
                    addon,
                    """
                    {apiVersion: v1, kind: ConfigMap, metadata: {name: %1$s, namespace: default}, data: {a: b}}
                    ---
                    {apiVersion: v1, kind: ServiceAccount, metadata: {name: %1$s, namespace: default}}
                    """
                        .formatted(addon))))
        .listener(
            new PlinthListener() {
              @Override
              public void onStatus(AddonStatus status) {
                told.add(status);
              }

              @Override
              public void onWarning(String warning) {
                warnings.add(warning);
              }
            })
        .start();
  }

  /** Once is enough: an answer that was cut short may be made up for by a watch in a moment. */
  private boolean tells(String addon) {
    return !warnings.isEmpty()
        || told.stream()
            .filter(it -> it.name().equals(addon))
            .filter(it -> it.state() == AddonState.PROGRESSING)
            .anyMatch(it -> !it.message().contains("has not answered so far"));
  }

  private void holdsBackFor(Duration length) {
    int before = proxy.requests();
    await().pollDelay(length).atMost(length.plusSeconds(5)).until(() -> true);
    assertThat(proxy.requests() - before)
        .as("requests: %s", proxy.seen())
        .isLessThanOrEqualTo((int) (MOST_REQUESTS * length.toSeconds()));
  }

  private void remove(String addon) {
    direct.configMaps().inNamespace("default").withName(addon).delete();
  }

  private void writeFile(String addon, String value) throws IOException {
    Path manifests = Files.createDirectories(data.resolve("server/manifests"));
    Files.writeString(
        manifests.resolve(fileOf(addon)),
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s-file, namespace: default}, data: {a: '%s'}}"
            .formatted(addon, value));
  }

  private static String fileOf(String addon) {
    return addon + "-file.yaml";
  }

  private void awaitWell(PlinthServer server, String addon, String valueOfFile) {
    patiently()
        .untilAsserted(
            () -> {
              assertThat(server.status().warnings()).isEmpty();
              assertThat(server.status().addon(addon).orElseThrow().state())
                  .as(server.status().toString())
                  .isEqualTo(AddonState.READY);
              assertThat(server.status().file(fileOf(addon)))
                  .map(AddonStatus::state)
                  .hasValue(AddonState.READY);
              assertThat(valueOf(addon)).isEqualTo("b");
              assertThat(valueOf(addon + "-file")).isEqualTo(valueOfFile);
            });
    assertThat(direct.serviceAccounts().inNamespace("default").withName(addon).get()).isNotNull();
  }

  private String valueOf(String configMap) {
    ConfigMap map = direct.configMaps().inNamespace("default").withName(configMap).get();
    return map == null ? "none" : map.getData().get("a");
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(90));
  }
}
