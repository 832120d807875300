package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.helm.release.StorageDriver;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What every engine does alike, on a real API server. */
abstract class EngineContract {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  private static final Duration SOON = Duration.ofSeconds(30);

  /** It is in messages only if somebody forgot to take it out. */
  static final String SECRET = "s3cret-value-0815";

  @TempDir Path directory;
  HelmEngines engines;
  HelmEngine engine;
  KubernetesClient client;
  ReleaseTarget target;

  /** The engine to test. */
  abstract EngineKind kind();

  /** Where its command is, if it has one. */
  abstract HelmEngines.Settings settings(HelmEngines.Settings settings);

  @BeforeEach
  void open() {
    client = CONTROL_PLANE.client();
    engines =
        new HelmEngines(
            client,
            settings(HelmEngines.Settings.in(directory.resolve("work"))),
            InstantSource.system());
    EngineChoice choice = engines.choose(kind());
    assertThat(choice.missing()).isEmpty();
    engine = ((EngineChoice.Chosen) choice).engine();
    String namespace = "helm-" + UUID.randomUUID().toString().substring(0, 8);
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    target = ReleaseTarget.of(namespace, "note");
  }

  @AfterEach
  void close() throws IOException {
    assertThat(engines.close(Duration.ofSeconds(5))).isEmpty();
    try (Stream<Path> files = Files.list(directory.resolve("work"))) {
      assertThat(files)
          .noneMatch(file -> file.getFileName().toString().startsWith(WorkDirectory.OPERATION));
    }
  }

  static ReleaseValues values(String json) {
    try {
      return ReleaseValues.of((ObjectNode) new ObjectMapper().readTree(json));
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  ApplyRequest.Builder note(String text) throws IOException {
    return ApplyRequest.of(target, TestCharts.configMap(directory))
        .values(values("{\"text\": \"" + text + "\"}"));
  }

  ConfigMap live() {
    return client
        .configMaps()
        .inNamespace(target.name().namespace())
        .withName(target.name().name())
        .get();
  }

  static Release done(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return outcome.release().orElseThrow();
  }

  static Outcome.Failed failed(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(outcome.toString()).doesNotContain(SECRET);
    return (Outcome.Failed) outcome;
  }

  @Test
  void a_release_is_installed_upgraded_rolled_back_and_uninstalled() throws Exception {
    Release first =
        done(engine.install(note("one").labels(Map.of("plinth.dev/hash", "a1")).build()));
    assertThat(first.revision()).isEqualTo(1);
    assertThat(first.status()).isEqualTo(ReleaseStatus.DEPLOYED);
    assertThat(first.chartName() + "-" + first.chartVersion()).isEqualTo("note-1.0.0");
    assertThat(first.values().path("text").asText()).isEqualTo("one");
    assertThat(first.labels()).containsEntry("plinth.dev/hash", "a1");
    assertThat(live().getData())
        .containsEntry("text", "one")
        .containsEntry("braces", "{{ .Values.text }}");

    Release second = done(engine.upgrade(note("two").description("a change").build()));
    assertThat(second.revision()).isEqualTo(2);
    assertThat(second.description()).isEqualTo("a change");
    assertThat(second.labels()).containsEntry("plinth.dev/hash", "a1");
    assertThat(live().getData()).containsEntry("text", "two");

    // No values: the chart's own, not those of the last revision.
    ApplyRequest plain = ApplyRequest.of(target, TestCharts.configMap(directory)).build();
    done(engine.upgrade(plain));
    assertThat(live().getData()).containsEntry("text", "none");

    Release back = done(engine.rollback(RollbackRequest.to(target, 1)));
    assertThat(back.revision()).isEqualTo(4);
    assertThat(back.description()).isEqualTo("Rollback to 1");
    assertThat(back.manifest()).isEqualTo(first.manifest());
    assertThat(back.values()).isEqualTo(first.values());
    assertThat(back.document().path("chart")).isEqualTo(first.document().path("chart"));
    assertThat(live().getData())
        .containsEntry("text", "one")
        .containsEntry("braces", "{{ .Values.text }}");
    assertThat(engine.history(target).stream().map(Release::status))
        .containsExactly(
            ReleaseStatus.SUPERSEDED,
            ReleaseStatus.SUPERSEDED,
            ReleaseStatus.SUPERSEDED,
            ReleaseStatus.DEPLOYED);

    assertThat(engine.uninstall(UninstallRequest.of(target, SOON)).isDone()).isTrue();
    assertThat(engine.status(target)).isEmpty();
    assertThat(live()).isNull();
    assertThat(engine.uninstall(UninstallRequest.of(target, SOON)).isDone()).isTrue();
  }

  @Test
  void a_failure_is_told_in_helms_words_without_values_and_the_next_upgrade_mends_it()
      throws Exception {
    done(engine.install(note("one").build()));
    Path wrong =
        TestCharts.of(
            directory,
            "note",
            "1.1.0",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: {{ .Release.Name }}
              labels: {bad: "{{ .Values.text }} "}
            """);
    Outcome.Failed failure =
        failed(
            engine.upgrade(
                ApplyRequest.of(target, wrong)
                    .values(values("{\"text\": \"" + SECRET + "\"}"))
                    .build()));
    assertThat(failure.message()).contains("metadata.labels: Invalid value", Redaction.MASK);
    assertThat(failure.release().orElseThrow().status()).isEqualTo(ReleaseStatus.FAILED);
    assertThat(live().getData()).containsEntry("text", "one");

    assertThat(done(engine.upgrade(note("two").build())).revision()).isEqualTo(3);
    assertThat(live().getData()).containsEntry("text", "two");
  }

  @Test
  void values_that_the_chart_does_not_know_change_nothing() throws Exception {
    Path traefik = TestCharts.traefik();
    ReleaseTarget release = ReleaseTarget.of(target.name().namespace(), "traefik");
    done(engine.install(ApplyRequest.of(release, traefik).build()));
    Outcome.Failed failure =
        failed(
            engine.upgrade(
                ApplyRequest.of(release, traefik)
                    .values(values("{\"nosuchkey\": 1, \"deployment\": {\"replicas\": \"two\"}}"))
                    .build()));
    assertThat(failure.message()).contains("nosuchkey", "replicas", "values don't meet");
    assertThat(engine.status(release).orElseThrow().revision()).isEqualTo(1);
    Release changed =
        done(
            engine.upgrade(
                ApplyRequest.of(release, traefik)
                    .values(values("{\"ports\": {\"web\": {\"exposedPort\": 8081}}}"))
                    .build()));
    assertThat(changed.revision()).isEqualTo(2);
    assertThat(changed.appVersion()).contains("3.7.11");
    assertThat(
            client
                .services()
                .inNamespace(release.name().namespace())
                .withName("traefik")
                .get()
                .getSpec()
                .getPorts()
                .stream()
                .map(port -> port.getName() + "=" + port.getPort()))
        .containsExactlyInAnyOrder("web=8081", "websecure=443");
    assertThat(engine.uninstall(UninstallRequest.of(release, SOON)).isDone()).isTrue();
  }

  @Test
  void what_exists_is_taken_only_if_that_is_wanted() throws Exception {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(target.name().namespace())
                .withName("note")
                .endMetadata()
                .addToData("own", "stays")
                .build())
        .create();
    Outcome.Failed failure = failed(engine.install(note("one").build()));
    assertThat(failure.message()).contains("ConfigMap \"note\"", "exists and cannot be imported");
    engine.uninstall(UninstallRequest.of(target, SOON));

    done(engine.install(note("one").takeOwnership(true).build()));
    assertThat(live().getData()).containsEntry("text", "one").containsEntry("own", "stays");
    assertThat(live().getMetadata().getAnnotations())
        .containsEntry("meta.helm.sh/release-name", "note");
  }

  @Test
  void waiting_ends_with_the_time_limit() throws Exception {
    Path never = TestCharts.neverReady(directory);
    long start = System.nanoTime();
    Outcome.Failed failure =
        failed(
            engine.install(
                ApplyRequest.of(target, never)
                    .waitReady(true)
                    .timeout(Duration.ofSeconds(1))
                    .build()));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    assertThat(failure.message()).isNotBlank();
    assertThat(failure.release().orElseThrow().status()).isEqualTo(ReleaseStatus.FAILED);
  }

  @Test
  void an_uninstallation_says_what_is_left_and_what_holds_it() throws Exception {
    done(engine.install(note("one").build()));
    client
        .configMaps()
        .inNamespace(target.name().namespace())
        .withName("note")
        .edit(
            map ->
                new ConfigMapBuilder(map)
                    .editMetadata()
                    .withFinalizers("example.com/hold")
                    .endMetadata()
                    .build());
    Outcome.Failed failure =
        failed(engine.uninstall(UninstallRequest.of(target, Duration.ofSeconds(1))));
    assertThat(failure.message())
        .contains(
            "after 1 s there still is: ConfigMap %s/note (finalizers example.com/hold)"
                .formatted(target.name().namespace()));
    client
        .configMaps()
        .inNamespace(target.name().namespace())
        .withName("note")
        .edit(
            map ->
                new ConfigMapBuilder(map)
                    .editMetadata()
                    .withFinalizers(List.of())
                    .endMetadata()
                    .build());
  }

  @Test
  void only_so_many_revisions_are_kept() throws Exception {
    done(engine.install(note("one").historyMax(2).build()));
    done(engine.upgrade(note("two").historyMax(2).build()));
    done(engine.upgrade(note("three").historyMax(2).build()));
    assertThat(engine.history(target).stream().map(Release::revision)).containsExactly(2, 3);
  }

  @Test
  void a_namespace_is_made_if_that_is_wanted() throws Exception {
    ReleaseTarget other = ReleaseTarget.of(target.name().namespace() + "-new", "note");
    Path chart = TestCharts.configMap(directory);
    failed(engine.install(ApplyRequest.of(other, chart).build()));
    done(engine.install(ApplyRequest.of(other, chart).createNamespace(true).build()));
  }

  @Test
  void an_impersonated_account_does_no_more_than_it_may() throws Exception {
    ReleaseTarget asNobody =
        target.as(new ReleaseTarget.ServiceAccountName(target.name().namespace(), "nobody"));
    Outcome.Failed failure =
        failed(engine.install(ApplyRequest.of(asNobody, TestCharts.configMap(directory)).build()));
    assertThat(failure.message())
        .contains("system:serviceaccount:%s:nobody".formatted(target.name().namespace()))
        .contains("forbidden");
    assertThat(live()).isNull();
  }

  @Test
  void a_chart_is_rendered_without_a_trace() throws Exception {
    Rendering rendering =
        engine.render(
            new RenderRequest(
                target, TestCharts.configMap(directory), values("{\"text\": \"r\"}")));
    assertThat(((Rendering.Rendered) rendering).manifest()).contains("text: \"r\"", "name: note");
    assertThat(engine.status(target)).isEmpty();
    Path wrong = TestCharts.of(directory, "wrong", "1.0.0", "{{ fail .Values.text }}");
    Rendering refused =
        engine.render(new RenderRequest(target, wrong, values("{\"text\": \"" + SECRET + "\"}")));
    assertThat(((Rendering.NotRendered) refused).message())
        .contains("wrong/templates/all.yaml", Redaction.MASK)
        .doesNotContain(SECRET);
  }

  @Test
  void one_operation_of_a_release_at_a_time_and_none_after_the_end() throws Exception {
    engines.close(Duration.ofSeconds(1));
    Outcome outcome = engine.install(note("one").build());
    assertThat(outcome)
        .isEqualTo(
            new Outcome.Refused(
                "No installation of release %s: the engine is closed".formatted(target)));
  }

  @Test
  void what_was_cut_off_is_mended() throws Exception {
    done(engine.install(note("one").build()));
    new dev.plinth.helm.release.ReleaseStorage(client, StorageDriver.SECRET, InstantSource.system())
        .setStatus(target.name(), 1, ReleaseStatus.PENDING_UPGRADE, "cut");
    assertThat(failed(engine.upgrade(note("two").build())).message())
        .contains("another operation (install/upgrade/rollback) is in progress");
    assertThat(engine.recover(target).map(Release::status)).contains(ReleaseStatus.PENDING_UPGRADE);
    assertThat(engine.recover(target)).isEmpty();
    Release mended = engine.status(target).orElseThrow();
    assertThat(mended.status()).isEqualTo(ReleaseStatus.FAILED);
    assertThat(mended.description()).contains("pending-upgrade", "cut off");
    assertThat(done(engine.upgrade(note("two").build())).status())
        .isEqualTo(ReleaseStatus.DEPLOYED);
  }
}
