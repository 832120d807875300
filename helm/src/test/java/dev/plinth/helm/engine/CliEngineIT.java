package dev.plinth.helm.engine;

import static dev.plinth.helm.engine.EngineContract.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import dev.plinth.testkit.ControlPlaneExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A short life with the helm command; {@link CliContract} has the rest of it. */
class CliEngineIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  @TempDir Path directory;

  @Test
  void a_release_is_installed_upgraded_and_uninstalled() throws Exception {
    HelmEngines.Settings settings =
        HelmEngines.Settings.in(directory.resolve("work"))
            .withHelmCommand(Toolbox.standard().resolve(Tool.HELM).path());
    ReleaseTarget target = ReleaseTarget.of("default", "cli-life");
    Path chart = TestCharts.configMap(directory);
    try (HelmEngines engines =
        new HelmEngines(CONTROL_PLANE.client(), settings, InstantSource.system())) {
      HelmEngine engine = ((EngineChoice.Chosen) engines.choose(EngineKind.CLI)).engine();
      assertThat(engine.info().toString()).startsWith("cli engine (Helm 3.");
      done(engine.install(ApplyRequest.of(target, chart).build()));
      ReleaseValues values = EngineContract.values("{\"text\": \"two\"}");
      assertThat(
              done(engine.upgrade(ApplyRequest.of(target, chart).values(values).build()))
                  .revision())
          .isEqualTo(2);
      Outcome gone = engine.uninstall(UninstallRequest.of(target, Duration.ofSeconds(30)));
      assertThat(gone.isDone()).isTrue();
      assertThat(engine.status(target)).isEmpty();
    }
  }
}
