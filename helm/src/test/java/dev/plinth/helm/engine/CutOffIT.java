package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import dev.plinth.helm.release.FailurePolicy;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.helm.release.ReleaseStep;
import dev.plinth.helm.release.ReleaseStorage;
import dev.plinth.helm.release.StorageDriver;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A host is killed while Helm works, and the next one goes on. */
@Tag("exhaustive")
class CutOffIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "in-process, install",
    "in-process, upgrade",
    "cli, install",
    "cli, upgrade",
  })
  void a_killed_host_leaves_what_the_next_one_mends(String kind, String operation)
      throws Exception {
    KubernetesClient client = CONTROL_PLANE.client();
    String namespace = "cut-" + UUID.randomUUID().toString().substring(0, 8);
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    ReleaseTarget target = ReleaseTarget.of(namespace, "note");
    Path command = Toolbox.standard().resolve(Tool.HELM).path();
    HelmEngines.Settings settings =
        HelmEngines.Settings.in(directory.resolve("work")).withHelmCommand(command);
    EngineKind engineKind = EngineKind.of(kind).orElseThrow();
    ReleaseStorage storage =
        new ReleaseStorage(client, StorageDriver.SECRET, InstantSource.system());
    if (operation.equals("upgrade")) {
      try (HelmEngines engines = new HelmEngines(client, settings, InstantSource.system())) {
        HelmEngine engine = ((EngineChoice.Chosen) engines.choose(engineKind)).engine();
        assertThat(
                engine
                    .install(ApplyRequest.of(target, TestCharts.configMap(directory)).build())
                    .isDone())
            .isTrue();
      }
    }

    Process host =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                CutOffHost.class.getName(),
                kind,
                settings.workDirectory().toString(),
                command.toString(),
                CONTROL_PLANE.kubeconfig().toString(),
                TestCharts.neverReady(directory).toString(),
                namespace,
                operation)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  storage.latest(target.name()).map(Release::status).stream()
                      .anyMatch(ReleaseStatus::isInterrupted));
    } finally {
      host.destroyForcibly();
      host.waitFor();
    }
    Optional<ProcessHandle> orphan = orphan(settings.workDirectory());
    assertThat(orphan.isPresent()).isEqualTo(engineKind == EngineKind.CLI);

    try (HelmEngines engines = new HelmEngines(client, settings, InstantSource.system())) {
      HelmEngine engine = ((EngineChoice.Chosen) engines.choose(engineKind)).engine();
      // Nobody is at work any more, and no file with values or credentials is left.
      orphan.ifPresent(helm -> assertThat(helm.isAlive()).isFalse());
      try (Stream<Path> left = Files.list(settings.workDirectory())) {
        assertThat(left)
            .noneMatch(file -> file.getFileName().toString().startsWith(WorkDirectory.OPERATION));
      }
      engine.recover(target);
      Release mended = engine.status(target).orElseThrow();
      assertThat(mended.status()).isEqualTo(ReleaseStatus.FAILED);
      assertThat(ReleaseStep.decide(Optional.of(mended.status()), FailurePolicy.RETRY).action())
          .isEqualTo(ReleaseStep.Action.UPGRADE);
      Outcome outcome =
          engine.upgrade(ApplyRequest.of(target, TestCharts.configMap(directory)).build());
      assertThat(outcome.isDone()).as(outcome.toString()).isTrue();
      assertThat(client.configMaps().inNamespace(namespace).withName("note").get()).isNotNull();
      if (operation.equals("install")) {
        // Helm compares with the last deployed revision, and with the cut one if there is no other:
        // the objects that only a failed upgrade has made are left, by either engine.
        await().until(() -> client.pods().inNamespace(namespace).withName("note").get() == null);
      }
      assertThat(engine.uninstall(UninstallRequest.of(target, Duration.ofSeconds(30))).isDone())
          .isTrue();
    }
  }

  private static Optional<ProcessHandle> orphan(Path work) throws Exception {
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.filter(path -> path.endsWith(WorkDirectory.CHILD)).toList()) {
        return ProcessMark.parse(Files.readString(file)).flatMap(ProcessMark::alive);
      }
    }
    return Optional.empty();
  }
}
