package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import dev.plinth.helm.engine.ApplyRequest;
import dev.plinth.helm.engine.EngineChoice;
import dev.plinth.helm.engine.EngineKind;
import dev.plinth.helm.engine.HelmEngine;
import dev.plinth.helm.engine.HelmEngines;
import dev.plinth.helm.engine.Outcome;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.engine.ReleaseValues;
import dev.plinth.helm.engine.TestCharts;
import dev.plinth.helm.release.Release;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;

/** Releases on a real API server, made by a real Helm. */
final class TestReleases implements AutoCloseable {

  private final KubernetesClient client;
  private final Path directory;
  private final HelmEngines engines;
  private final HelmEngine engine;

  private TestReleases(
      KubernetesClient client, Path directory, EngineKind kind, HelmEngines.Settings settings) {
    this.client = client;
    this.directory = directory;
    this.engines = new HelmEngines(client, settings, InstantSource.system());
    EngineChoice choice = engines.choose(kind);
    assertThat(choice.missing()).isEmpty();
    this.engine = ((EngineChoice.Chosen) choice).engine();
  }

  static TestReleases inProcess(KubernetesClient client, Path directory) {
    return new TestReleases(
        client,
        directory,
        EngineKind.IN_PROCESS,
        HelmEngines.Settings.in(directory.resolve("work-" + UUID.randomUUID())));
  }

  static TestReleases command(KubernetesClient client, Path directory, Tool tool) {
    return new TestReleases(
        client,
        directory,
        EngineKind.CLI,
        HelmEngines.Settings.in(directory.resolve("work-" + UUID.randomUUID()))
            .withHelmCommand(Toolbox.standard().resolve(tool).path()));
  }

  /** A new namespace. */
  String namespace() {
    String namespace = "release-" + UUID.randomUUID().toString().substring(0, 8);
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    return namespace;
  }

  Release install(String namespace, String name, String template) throws IOException {
    return done(engine.install(request(namespace, name, template, "{}")));
  }

  Release upgrade(String namespace, String name, String template) throws IOException {
    return upgrade(namespace, name, template, "{}");
  }

  Release upgrade(String namespace, String name, String template, String values)
      throws IOException {
    return done(engine.upgrade(request(namespace, name, template, values)));
  }

  Release status(String namespace, String name) {
    return engine.status(ReleaseTarget.of(namespace, name)).orElseThrow();
  }

  private ApplyRequest request(String namespace, String name, String template, String values)
      throws IOException {
    return ApplyRequest.of(
            ReleaseTarget.of(namespace, name), TestCharts.of(directory, name, "1.0.0", template))
        .values(ReleaseValues.of((ObjectNode) new ObjectMapper().readTree(values)))
        .build();
  }

  private static Release done(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return outcome.release().orElseThrow();
  }

  @Override
  public void close() {
    engines.close();
  }
}
