package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.StorageDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the engine with the helm command does besides. */
abstract class CliContract extends EngineContract {

  abstract Tool tool();

  @Override
  EngineKind kind() {
    return EngineKind.CLI;
  }

  @Override
  HelmEngines.Settings settings(HelmEngines.Settings settings) {
    return settings.withHelmCommand(Toolbox.standard().resolve(tool()).path());
  }

  @Test
  void releases_may_be_in_config_maps() throws Exception {
    ReleaseTarget inMaps = target.storedIn(StorageDriver.CONFIGMAP);
    done(engine.install(ApplyRequest.of(inMaps, TestCharts.configMap(directory)).build()));
    Release second =
        done(engine.upgrade(ApplyRequest.of(inMaps, TestCharts.configMap(directory)).build()));
    assertThat(second.revision()).isEqualTo(2);
    assertThat(engine.status(target)).isEmpty();
    assertThat(engine.uninstall(UninstallRequest.of(inMaps, Duration.ofSeconds(30))).isDone())
        .isTrue();
    assertThat(engine.status(inMaps)).isEmpty();
  }

  @Test
  void no_value_and_no_credential_is_in_arguments_or_environment_and_files_are_private()
      throws Exception {
    Path spy = directory.resolve("helm");
    Path notes = directory.resolve("notes");
    Files.writeString(
        spy,
        """
        #!/bin/sh
        { echo "$@"; env; stat -c '%%a %%n' .; stat -c '%%a %%n' * ; } >> %s
        exec %s "$@"
        """
            .formatted(notes, Toolbox.standard().resolve(tool()).path()));
    Files.setPosixFilePermissions(spy, PosixFilePermissions.fromString("rwx------"));
    try (HelmEngines spied =
        new HelmEngines(
            client,
            new HelmEngines.Settings(
                directory.resolve("work-3"),
                directory,
                java.util.Optional.of(spy),
                Map.of("PATH", "/usr/bin:/bin", "HELM_NAMESPACE", "wrong", "KUBECONFIG", "/none")),
            InstantSource.system())) {
      HelmEngine spiedEngine = ((EngineChoice.Chosen) spied.choose(EngineKind.CLI)).engine();
      done(
          spiedEngine.install(
              ApplyRequest.of(target, TestCharts.configMap(directory))
                  .values(values("{\"text\": \"" + SECRET + "\"}"))
                  .build()));
    }
    String seen = Files.readString(notes);
    assertThat(seen)
        .contains("install note", "600 values.yaml", "600 kubeconfig", "700 .", "600 stdout")
        .doesNotContain(SECRET, CONTROL_PLANE.client().getConfiguration().getOauthToken(), "wrong");
    assertThat(live().getData()).containsEntry("text", SECRET);
  }

  @Test
  void a_running_operation_ends_with_the_engine_and_leaves_a_failed_release() throws Exception {
    Path never = TestCharts.neverReady(directory);
    CompletableFuture<Outcome> running =
        CompletableFuture.supplyAsync(
            () ->
                engine.install(
                    ApplyRequest.of(target, never)
                        .waitReady(true)
                        .timeout(Duration.ofMinutes(2))
                        .build()));
    Awaitility.await().until(() -> engine.status(target).isPresent());
    assertThat(engine.install(note("one").build()))
        .isEqualTo(
            new Outcome.Refused(
                "No installation of release %s: its installation is still running"
                    .formatted(target)));
    assertThat(engine.close(Duration.ofMillis(100))).isEqualTo(List.of());
    assertThat(running.get()).isInstanceOf(Outcome.Failed.class);
  }
}
