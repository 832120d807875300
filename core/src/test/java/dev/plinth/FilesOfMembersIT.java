package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.member.LeaseTimes;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.Scope;
import dev.plinth.testkit.WithControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users' files on two servers that know of each other by their Leases. */
@WithControlPlane
class FilesOfMembersIT {

  private static final LeaseTimes TIMES =
      new LeaseTimes(Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(300));

  @TempDir Path disks;

  private ControlPlane controlPlane;
  private TestHost first;
  private TestHost second;

  @BeforeEach
  void begin(ControlPlane given) throws IOException {
    controlPlane = given;
    first = TestHost.of(given, disks.resolve("n1"));
    second = TestHost.of(given, disks.resolve("n2"));
    Files.createDirectories(first.manifests());
    Files.createDirectories(second.manifests());
  }

  @Test
  void aServerThatClosesLeavesItsFilesToOneThatHasTheSame() throws Exception {
    write(first, "closed.yaml", "closed", "1");
    write(second, "closed.yaml", "closed", "1");
    PlinthServer one = start("n1", first);
    assertThat(status(one, "closed.yaml").state()).isEqualTo(AddonState.READY);
    try (PlinthServer two = start("n2", second)) {
      assertThat(status(two, "closed.yaml"))
          .extracting(AddonStatus::state, AddonStatus::message)
          .containsExactly(AddonState.READY, "1 object (on server n1)");
      Mark mark = controlPlane.mark();

      one.close();

      await().atMost(Duration.ofSeconds(2)).until(() -> winner("closed").equals("n2"));
      assertThat(status(two, "closed.yaml").message()).isEqualTo("1 object");
      assertThat(second.requestsSince(mark).writes().resource("configmaps")).isEmpty();

      try (PlinthServer again = start("n1", first)) {
        assertThat(status(again, "closed.yaml").message()).isEqualTo("1 object (on server n2)");
        // A change takes over on the server where it is made, whichever leads.
        write(first, "closed.yaml", "closed", "2");
        await().until(() -> value("closed").equals("2"));
        assertThat(winner("closed")).isEqualTo("n1");
        await()
            .until(
                () ->
                    two.status()
                        .file("closed.yaml")
                        .orElseThrow()
                        .reason()
                        .equals("OtherServerDiffers"));
      }
    }
  }

  @Test
  void aServerThatDiesLeavesItsFilesToOneThatHasTheSameAndTheOthersAreLeft() throws Exception {
    write(first, "same.yaml", "died-same", "1");
    write(second, "same.yaml", "died-same", "1");
    write(first, "other.yaml", "died-other", "1");
    write(second, "other.yaml", "died-other", "2");
    PlinthServer one = start("n1", first);
    settled(one);
    try (PlinthServer two = start("n2", second)) {
      assertThat(status(two, "other.yaml").reason()).isEqualTo("OtherServerDiffers");

      // Nothing that it sends arrives any more: neither renewals nor a farewell.
      first.client().close();

      await().atMost(TestHost.PATIENCE).until(() -> winner("same").equals("n2"));
      await()
          .until(
              () ->
                  two.status().file("other.yaml").orElseThrow().reason().equals("OtherServerGone"));
      assertThat(value("died-other")).isEqualTo("1");
      assertThat(winner("other")).isEqualTo("n1");
    } finally {
      one.close();
    }
  }

  private PlinthServer start(String node, TestHost host) {
    ServerConfig config = host.config().nodeName(node).build();
    return host.server(config).leaseTimes(TIMES).start();
  }

  private static AddonReport settled(PlinthServer server) throws InterruptedException {
    return server.awaitReady(TestHost.PATIENCE, Scope.ADDONS_AND_FILES);
  }

  private static AddonStatus status(PlinthServer server, String file) throws InterruptedException {
    AddonReport report = settled(server);
    return report.file(file).orElseThrow(() -> new AssertionError(report.toString()));
  }

  private String winner(String addon) {
    return second.addon(addon).get("spec", "instance");
  }

  private String value(String name) {
    return controlPlane
        .client()
        .configMaps()
        .inNamespace("default")
        .withName(name)
        .get()
        .getData()
        .get("value");
  }

  private static void write(TestHost host, String file, String name, String value)
      throws IOException {
    Files.writeString(
        host.manifests().resolve(file),
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: %s, namespace: default}
        data: {value: "%s"}
        """
            .formatted(name, value));
  }
}
