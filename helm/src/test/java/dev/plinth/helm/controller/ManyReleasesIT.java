package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.config.DriftPolicy;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.health.HealthContext;
import dev.plinth.helm.release.Release;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What following a hundred releases costs. */
@Tag("exhaustive")
class ManyReleasesIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  private static final int RELEASES = 100;
  private static final int OBJECTS = 10;

  @TempDir Path directory;

  @Test
  void a_start_with_a_hundred_releases_is_quick_and_quiet_and_takes_memory_in_proportion()
      throws Exception {
    StringBuilder template = new StringBuilder();
    for (int i = 0; i < OBJECTS; i++) {
      template.append(
          """
          apiVersion: v1
          kind: ConfigMap
          metadata: {name: "{{ .Release.Name }}-%d"}
          data: {text: "%s"}
          ---
          """
              .formatted(i, "x".repeat(1000)));
    }
    Map<ResourceID, Release> all = new LinkedHashMap<>();
    try (TestReleases releases = TestReleases.inProcess(CONTROL_PLANE.client(), directory)) {
      String namespace = releases.namespace();
      for (int i = 0; i < RELEASES; i++) {
        String name = "r" + i;
        all.put(
            new ResourceID(name, namespace),
            releases.install(namespace, name, template.toString()));
      }
    }
    String user = "many-" + UUID.randomUUID();
    long before = heap();
    Mark mark = CONTROL_PLANE.controlPlane().mark();
    long start = System.nanoTime();
    try (KubernetesClient own = CONTROL_PLANE.controlPlane().clientFor(user, "system:masters");
        ReleaseWatch watch =
            new ReleaseWatch(own, new HealthContext(false), InstantSource.system(), id -> {})) {
      all.forEach((chart, it) -> watch.follow(chart, it, DriftPolicy.REPAIR, Optional.empty()));
      all.keySet()
          .forEach(
              chart -> {
                assertThat(watch.health(chart).isCurrent()).isTrue();
                assertThat(watch.drift(chart)).isEmpty();
                watch.repair(chart);
              });
      Duration taken = Duration.ofNanos(System.nanoTime() - start);
      Requests requests =
          CONTROL_PLANE.controlPlane().requestsSince(mark).username(user).withoutLeases();
      long perObject = (heap() - before) / (RELEASES * OBJECTS);
      System.getLogger(ManyReleasesIT.class.getName())
          .log(
              System.Logger.Level.INFO,
              "{0} releases: {1} ms, {2} requests, {3} bytes for each object",
              RELEASES,
              taken.toMillis(),
              requests.count(),
              perObject);
      assertThat(requests.count()).as(requests.toString()).isLessThan(10);
      // Its manifest of 1.1 kB and what is kept of the live object, without its data: 7.5 kB. The
      // bound is wide since the client and all that is used for the first time are in it too.
      assertThat(perObject).isLessThan(20_000);
    }
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
