package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.testkit.ControlPlaneExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class InProcessEngineIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  @TempDir Path directory;
  private HelmEngines engines;
  private HelmEngine engine;

  @BeforeEach
  void open() {
    engines =
        new HelmEngines(
            CONTROL_PLANE.client(),
            HelmEngines.Settings.in(directory.resolve("work")),
            InstantSource.system());
    engine = ((EngineChoice.Chosen) engines.choose(EngineKind.IN_PROCESS)).engine();
  }

  @AfterEach
  void close() {
    engines.close();
  }

  private static ObjectNode values(String json) throws Exception {
    return (ObjectNode) new ObjectMapper().readTree(json);
  }

  @Test
  void installs_upgrades_rolls_back_and_uninstalls() throws Exception {
    System.out.println(engine.info());
    Path chart = TestCharts.configMap(directory);
    ReleaseTarget target = ReleaseTarget.of("default", "life");
    Outcome installed =
        engine.install(
            ApplyRequest.of(target, chart)
                .values(ReleaseValues.of(values("{\"text\": \"one\"}")))
                .build());
    System.out.println(installed);
    assertThat(installed.isDone()).isTrue();
    Outcome upgraded =
        engine.upgrade(
            ApplyRequest.of(target, chart)
                .values(ReleaseValues.of(values("{\"text\": \"two\"}")))
                .build());
    System.out.println(upgraded);
    Outcome back = engine.rollback(RollbackRequest.to(target, 1));
    System.out.println(back);
    System.out.println(engine.history(target).stream().map(Release::document).toList());
    assertThat(
            CONTROL_PLANE
                .client()
                .configMaps()
                .inNamespace("default")
                .withName("life")
                .get()
                .getData())
        .containsEntry("text", "one");
    assertThat(back.release().map(Release::status)).contains(ReleaseStatus.DEPLOYED);
    Outcome gone = engine.uninstall(UninstallRequest.of(target, Duration.ofSeconds(30)));
    System.out.println(gone);
    assertThat(engine.status(target)).isEmpty();
  }
}
