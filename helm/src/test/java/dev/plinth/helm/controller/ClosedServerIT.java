package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a close waits for, and what it leaves. */
class ClosedServerIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  @TempDir Path data;

  @Test
  void a_close_waits_for_what_can_not_be_cut_off_and_a_restart_finds_it_done() throws Exception {
    KubernetesClient client = CONTROL_PLANE.client();
    String namespace = HelmHost.namespace(client);
    HelmHost host = HelmHost.of(client, data).start().awaitStarted();
    HelmChart chart =
        host.create(
            Charts.inline(
                namespace,
                "note",
                SlowCharts.of("pre-install"),
                "{\"set\": {\"text\": \"a\"}, \"timeout\": \"2m\"}"));
    await().atMost(HelmHost.PATIENCE).until(() -> SlowCharts.isAtWork(client, namespace));

    CompletableFuture<Void> closed = CompletableFuture.runAsync(host::close);
    await().atMost(HelmHost.PATIENCE).until(() -> threads("").anyMatch(ClosedServerIT::isInHelm));
    assertThat(closed).isNotDone();
    SlowCharts.letEnd(client, namespace);
    closed.get(60, TimeUnit.SECONDS);

    assertThat(host.history(chart))
        .extracting(Release::status)
        .containsExactly(ReleaseStatus.DEPLOYED);
    await().atMost(HelmHost.PATIENCE).untilAsserted(() -> assertThat(threads("plinth-")).isEmpty());
    try (HelmHost again = host.start()) {
      again.awaitReady(chart, 1);
    }
    assertThat(host.events(chart, "Installed")).hasSize(1);
  }

  private static boolean isInHelm(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(it -> it.getClassName().startsWith("com.marcnuri.helm"));
  }

  private static Stream<Thread> threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(it -> it.getName().startsWith(prefix));
  }
}
