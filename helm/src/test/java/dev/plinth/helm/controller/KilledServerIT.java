package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server is killed while Helm works for it, and the next one goes on. */
@Tag("exhaustive")
class KilledServerIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path directory;
  private KubernetesClient client;
  private HelmHost host;
  private String namespace;

  @BeforeEach
  void prepare() throws Exception {
    client = CONTROL_PLANE.client();
    host = HelmHost.of(client, directory.resolve("data"));
    try (HelmHost first = host.start()) {
      first.awaitStarted(); // the definitions are there then
    }
    namespace = HelmHost.namespace(client);
  }

  private HelmChart chart(String events, String text, String policy) {
    return Charts.inline(
        namespace,
        "note",
        SlowCharts.of(events),
        "{\"set\": {\"text\": \"%s\"}, \"failurePolicy\": \"%s\"}".formatted(text, policy));
  }

  @ParameterizedTest
  @CsvSource({"reinstall, 1", "retry, 2"})
  void an_installation_is_begun_anew_or_gone_on_with(String policy, int revision) throws Exception {
    HelmChart chart = host.create(chart("pre-install,pre-upgrade", "a", policy));
    killWhen(chart, ReleaseStatus.PENDING_INSTALL);

    startAndLetHooksEnd(() -> isReady(chart, revision));

    assertThat(text()).isEqualTo("a");
  }

  @Test
  void an_upgrade_is_made_again() throws Exception {
    HelmChart chart = host.create(chart("pre-upgrade", "a", "reinstall"));
    try (HelmHost first = host.start()) {
      first.awaitReady(chart, 1);
    }
    String uid =
        client.configMaps().inNamespace(namespace).withName("note").get().getMetadata().getUid();
    host.edit(chart, it -> OneHost.withSet(it, "b"));
    killWhen(chart, ReleaseStatus.PENDING_UPGRADE);

    startAndLetHooksEnd(() -> isReady(chart, 3));

    assertThat(text()).isEqualTo("b");
    assertThat(
            client
                .configMaps()
                .inNamespace(namespace)
                .withName("note")
                .get()
                .getMetadata()
                .getUid())
        .isEqualTo(uid);
  }

  @Test
  void an_uninstallation_is_brought_to_its_end() throws Exception {
    HelmChart chart = host.create(chart("pre-delete", "a", "reinstall"));
    try (HelmHost first = host.start()) {
      first.awaitReady(chart, 1);
    }
    host.delete(chart);
    killWhen(chart, ReleaseStatus.UNINSTALLING);
    assertThat(host.live(chart)).isNotNull();

    startAndLetHooksEnd(() -> host.live(chart) == null);

    assertThat(host.history(chart)).isEmpty();
    assertThat(client.configMaps().inNamespace(namespace).withName("note").get()).isNull();
  }

  private void killWhen(HelmChart chart, ReleaseStatus status) throws Exception {
    Process server =
        HelmServerProcess.start(
            CONTROL_PLANE.kubeconfig(), directory.resolve("data"), directory.resolve("output"));
    try {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  host.storage()
                          .latest(HelmHost.release(chart))
                          .map(Release::status)
                          .equals(Optional.of(status))
                      && SlowCharts.isAtWork(client, namespace));
    } finally {
      server.destroyForcibly();
      server.waitFor();
    }
  }

  /** By conditions of the release, and not of who mends it. */
  private void startAndLetHooksEnd(BooleanSupplier end) {
    try (HelmHost next = host.start()) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                SlowCharts.letEnd(client, namespace);
                return end.getAsBoolean();
              });
    }
  }

  private boolean isReady(HelmChart chart, long revision) {
    return Optional.ofNullable(host.live(chart).getStatus())
        .filter(it -> it.revision() != null && it.revision() == revision)
        .flatMap(it -> Verdict.of(it, Verdict.READY))
        .filter(Verdict::isTrue)
        .isPresent();
  }

  private String text() {
    return client.configMaps().inNamespace(namespace).withName("note").get().getData().get("text");
  }
}
