package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.chart.TestArchive;
import dev.plinth.helm.engine.ApplyRequest;
import dev.plinth.helm.engine.EngineChoice;
import dev.plinth.helm.engine.EngineKind;
import dev.plinth.helm.engine.HelmEngine;
import dev.plinth.helm.engine.HelmEngines;
import dev.plinth.helm.engine.Outcome;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.engine.ReleaseValues;
import dev.plinth.helm.engine.RollbackRequest;
import dev.plinth.helm.engine.UninstallRequest;
import dev.plinth.helm.release.Release;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** Somebody else who runs Helm, such as K3s, or a user with the command. */
final class OtherHelm implements AutoCloseable {

  private final HelmEngines engines;
  private final HelmEngine engine;
  private final Path directory;

  OtherHelm(KubernetesClient client, Path directory) {
    this.directory = directory;
    this.engines =
        new HelmEngines(
            client,
            HelmEngines.Settings.in(directory.resolve("other-helm")),
            InstantSource.system());
    this.engine = ((EngineChoice.Chosen) engines.choose(EngineKind.IN_PROCESS)).engine();
  }

  Release install(
      String namespace, String name, TestArchive chart, String values, Map<String, String> labels) {
    return done(
        engine.install(
            ApplyRequest.of(ReleaseTarget.of(namespace, name), file(chart))
                .values(values(values))
                .labels(labels)
                .build()));
  }

  Release rollBack(String namespace, String name, int revision) {
    return done(engine.rollback(RollbackRequest.to(ReleaseTarget.of(namespace, name), revision)));
  }

  void uninstall(String namespace, String name) {
    assertThat(
            engine
                .uninstall(
                    UninstallRequest.of(ReleaseTarget.of(namespace, name), Duration.ofSeconds(20)))
                .isDone())
        .isTrue();
  }

  @Override
  public void close() {
    engines.close();
  }

  private Path file(TestArchive chart) {
    try {
      return Files.write(Files.createTempFile(directory, "chart", ".tgz"), chart.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ReleaseValues values(String json) {
    try {
      return ReleaseValues.of((ObjectNode) new ObjectMapper().readTree(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Release done(Outcome outcome) {
    assertThat(outcome.isDone()).as(outcome.toString()).isTrue();
    return outcome.release().orElseThrow();
  }
}
