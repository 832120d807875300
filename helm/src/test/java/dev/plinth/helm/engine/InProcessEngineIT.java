package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.helm.release.StorageDriver;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Helm as a library, and what the helm command makes of its releases. */
class InProcessEngineIT extends EngineContract {

  @Override
  EngineKind kind() {
    return EngineKind.IN_PROCESS;
  }

  @Override
  HelmEngines.Settings settings(HelmEngines.Settings settings) {
    return settings;
  }

  @Test
  void what_it_lacks_is_refused_with_who_has_it_or_told() throws Exception {
    Outcome refused = engine.install(note("one").serverSide(ServerSide.TRUE).build());
    assertThat(((Outcome.Refused) refused).message())
        .contains("serverSide \"true\"", "in-process", "the cli engine with Helm 4 has it");
    Outcome driver =
        engine.install(
            ApplyRequest.of(
                    target.storedIn(StorageDriver.CONFIGMAP), TestCharts.configMap(directory))
                .build());
    assertThat(((Outcome.Refused) driver).message()).contains("driver \"configmap\"", "cli engine");
    assertThat(engine.status(target)).isEmpty();

    Outcome told = engine.install(note("one").forceConflicts(true).build());
    assertThat(told.isDone()).isTrue();
    assertThat(told.limits().stream().map(EngineLimit::field))
        .containsExactly("serverSide", "forceConflicts");
    assertThat(engine.upgrade(note("two").serverSide(ServerSide.FALSE).build()).limits()).isEmpty();
  }

  @Test
  void large_integers_of_set_reach_templates_as_such() throws Exception {
    Path chart = TestCharts.configMap(directory);
    ObjectNode document = JsonNodeFactory.instance.objectNode().put("text", 1_000_660_000L);
    ApplyRequest.Builder asNumberOfAFile =
        ApplyRequest.of(target, chart).values(ReleaseValues.of(document));
    ApplyRequest.Builder asInteger =
        ApplyRequest.of(target, chart)
            .values(
                new ReleaseValues(
                    document, Set.of(), new TreeMap<>(Map.of("text", 1_000_660_000L))));

    done(engine.install(asNumberOfAFile.build()));
    assertThat(live().getData()).containsEntry("text", "1.00066e+09");
    done(engine.upgrade(asInteger.build()));
    assertThat(live().getData()).containsEntry("text", "1000660000");
    assertThat(
            ((Rendering.Rendered)
                    engine.render(new RenderRequest(target, chart, asInteger.build().values())))
                .manifest())
        .contains("1000660000");
  }

  @Test
  void the_helm_command_knows_its_releases() throws Exception {
    done(engine.install(note("one").build()));
    done(engine.upgrade(note("two").build()));
    done(engine.rollback(RollbackRequest.to(target, 1)));
    assertThat(helm(Tool.HELM, "ls", "-o", "json"))
        .contains("\"name\":\"note\"", "\"revision\":\"3\"", "\"status\":\"deployed\"");
    assertThat(helm(Tool.HELM, "get", "values", "note")).contains("text: one");
    assertThat(helm(Tool.HELM, "history", "note"))
        .contains("Install complete", "Upgrade complete", "Rollback to 1", "note-1.0.0");
    helm(Tool.HELM, "rollback", "note", "2");
    assertThat(engine.status(target).orElseThrow().description()).isEqualTo("Rollback to 2");
    assertThat(live().getData()).containsEntry("text", "two");
    assertThat(done(engine.upgrade(note("three").build())).revision()).isEqualTo(5);
  }

  @Test
  void a_release_that_helm_4_wrote_by_server_side_apply_is_upgraded() throws Exception {
    Path chart = TestCharts.configMap(directory);
    helm(Tool.HELM4, "install", "note", chart.toString(), "--set", "text=four");
    assertThat(engine.status(target).map(Release::isServerSideApplied)).contains(true);
    assertThat(live().getMetadata().getManagedFields())
        .anyMatch(entry -> "Apply".equals(entry.getOperation()));
    Release upgraded = done(engine.upgrade(note("three").build()));
    assertThat(upgraded.revision()).isEqualTo(2);
    assertThat(upgraded.isServerSideApplied()).isFalse();
    assertThat(live().getData()).containsEntry("text", "three");
    // And back again, as after a change of the engine.
    helm(Tool.HELM4, "upgrade", "note", chart.toString(), "--set", "text=again");
    assertThat(live().getData()).containsEntry("text", "again");
    assertThat(engine.uninstall(UninstallRequest.of(target, Duration.ofSeconds(30))).isDone())
        .isTrue();
  }

  @Test
  void without_a_library_the_command_is_chosen_and_that_is_told() {
    HelmEngines.Settings settings =
        new HelmEngines.Settings(
            directory.resolve("work-2"),
            directory.resolve("lib"),
            java.util.Optional.of(directory.resolve("no-helm")),
            java.util.Map.of());
    try (HelmEngines others = new HelmEngines(client, settings, InstantSource.system())) {
      EngineChoice.Chosen choice = (EngineChoice.Chosen) others.choose(EngineKind.CLI);
      assertThat(choice.engine().info().kind()).isEqualTo(EngineKind.IN_PROCESS);
      assertThat(choice.missing())
          .containsExactly(
              "No cli engine: %s is no program that can be started"
                  .formatted(directory.resolve("no-helm")));
    }
  }

  @Test
  void closing_waits_and_tells_what_still_runs() throws Exception {
    ApplyRequest request =
        ApplyRequest.of(target, TestCharts.neverReady(directory))
            .waitReady(true)
            .timeout(Duration.ofSeconds(3))
            .build();
    CompletableFuture<Outcome> running =
        CompletableFuture.supplyAsync(() -> engine.install(request));
    Awaitility.await().until(() -> engine.status(target).isPresent());
    assertThat(engine.close(Duration.ofMillis(50))).containsExactly("installation of " + target);
    assertThat(engine.close(Duration.ofMinutes(1))).isEmpty();
    assertThat(failed(running.get()).release().orElseThrow().status())
        .isEqualTo(ReleaseStatus.FAILED);
  }

  private String helm(Tool tool, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Toolbox.standard().resolve(tool).path().toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "--namespace=" + target.name().namespace(),
            "--kubeconfig=" + CONTROL_PLANE.kubeconfig()));
    File output = directory.resolve("output").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    assertThat(process.waitFor()).as(java.nio.file.Files.readString(output.toPath())).isZero();
    return java.nio.file.Files.readString(output.toPath());
  }
}
