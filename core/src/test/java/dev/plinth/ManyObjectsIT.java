package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.testkit.WithControlPlane;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server costs that owns many objects: requests of a restart, memory, repairs. */
@WithControlPlane
class ManyObjectsIT {

  private static final Logger LOG = System.getLogger(ManyObjectsIT.class.getName());
  private static final int ADDONS = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** ConfigMaps, Addons, and what tells whether the API server is there. */
  private static final int KINDS = 2;

  private static final int MEGABYTE = 1 << 20;

  @TempDir Path data;

  @Test
  void aRestartWithHundredsOfObjectsUnchangedWritesNothing(ControlPlane controlPlane)
      throws Exception {
    restart(controlPlane, "some", 30);
  }

  @Tag("exhaustive")
  @Test
  void aRestartWithTenThousandObjectsUnchangedWritesNothingAndTheyTakeLittleMemory()
      throws Exception {
    // Its own: nobody else should have to list them.
    try (ControlPlane controlPlane =
        ControlPlane.builder().without(Component.SCHEDULER, Component.CONTROLLER_MANAGER).start()) {
      restart(controlPlane, "many", 1000);
    }
  }

  private void restart(ControlPlane controlPlane, String name, int each) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon[] addons =
        IntStream.range(0, ADDONS)
            .mapToObj(it -> TestAddon.of(name + it, maps(name + it, each)))
            .toArray(TestAddon[]::new);
    long start = System.nanoTime();
    try (PlinthServer server = host.start(addons)) {
      assertThat(server.awaitReady(PATIENCE).ready()).isTrue();
    }
    LOG.log(Level.INFO, "{0} objects applied in {1}", each * ADDONS, since(start));
    Mark mark = controlPlane.mark();
    start = System.nanoTime();

    try (PlinthServer server = host.start(addons)) {
      assertThat(server.awaitReady(PATIENCE).ready()).isTrue();
      Duration ready = since(start);

      Requests requests = host.requestsSince(mark);
      assertThat(requests.writes()).isEmpty();
      // Of ConfigMaps those of overlays are listed apart.
      assertThat(requests.verb("list").count()).as(requests.toString()).isEqualTo(KINDS + 1);
      assertThat(requests.verb("watch").count())
          .as(requests.toString())
          .isLessThanOrEqualTo(KINDS + 2);
      assertThat(requests.count()).as(requests.toString()).isLessThanOrEqualTo(2 * KINDS + 20);
      long heap = usedHeap();
      LOG.log(
          Level.INFO,
          "{0} objects unchanged: ready in {1}, {2} requests, {3} MB of heap after GC",
          each * ADDONS,
          ready,
          requests.count(),
          heap / MEGABYTE);
      assertThat(heap).isLessThan(128L * MEGABYTE);
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** All of this JVM's, the tests' own included: the least of several collections. */
  private static long usedHeap() {
    return IntStream.range(0, 5)
        .mapToLong(
            it -> {
              System.gc();
              return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            })
        .min()
        .orElseThrow();
  }

  private static String maps(String name, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            it ->
                """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: %s-%d, namespace: default}
                data: {key: value, number: "%d"}
                """
                    .formatted(name, it, it))
        .collect(Collectors.joining());
  }
}
