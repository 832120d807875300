package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.Scope;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A running server whose disk is full, or whose files and directories are not what they should be.
 */
@WithControlPlane
class DiskFaultIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path data;

  /** Addons are named after files, and the control plane is not only ours. */
  private final String unique = UUID.randomUUID().toString().substring(0, 8);

  private KubernetesClient client;
  private TestHost host;

  @BeforeEach
  void begin(ControlPlane controlPlane) {
    client = controlPlane.client();
    host = TestHost.of(controlPlane, data);
  }

  @Test
  void whatIsNoReadableFileIsToldByNameAndAppliedOnceItIsOne() throws Exception {
    Files.createDirectories(host.manifests());
    Map<String, String> faults =
        Map.of(
            link("dangling", "/nowhere/x.yaml"), "symbolic link that leads to no file",
            link("loop", manifest("loop").toString()), "symbolic",
            link("endless", "/dev/zero"), "no regular file",
            link("broken", "/proc/self/mem"), "Input/output error",
            pipe("pipe"), "no regular file",
            huge("huge"), "expected at most 16777216");
    write("good", "1");
    try (PlinthServer server = host.start()) {
      await().atMost(SOON).until(() -> state(server, "good") == AddonState.READY);
      faults.forEach(
          (name, message) ->
              await()
                  .atMost(SOON)
                  .untilAsserted(
                      () ->
                          assertThat(server.status().file(file(name)))
                              .get()
                              .satisfies(
                                  it -> {
                                    assertThat(it.state()).isEqualTo(AddonState.FAILED);
                                    assertThat(it.message())
                                        .contains(manifest(name).toString(), message);
                                  })));

      for (String name : faults.keySet()) {
        Files.delete(manifest(name));
        write(name, "2");
      }

      for (String name : faults.keySet()) {
        await().atMost(SOON).until(() -> valueOf(name).equals(Optional.of("2")));
        assertThat(host.eventReasons(name + unique))
            .filteredOn("ReadManifestFailed"::equals)
            .as("told once")
            .hasSize(1);
      }
      assertThat(server.awaitReady(SOON, Scope.ADDONS_AND_FILES).ready(Scope.ADDONS_AND_FILES))
          .isTrue();
    }
  }

  @Test
  void aDirectoryThatIsRemovedAndMadeAnewLosesNothing() throws Exception {
    Files.createDirectories(host.manifests());
    write("first", "1");
    write("second", "1");
    ServerConfig pruning = host.config().pruneRemovedManifests(true).build();
    try (PlinthServer server = host.server(pruning).start()) {
      server.awaitReady(TestHost.PATIENCE, Scope.ADDONS_AND_FILES);

      removeDirectory();

      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(server.status().warnings())
                      .anySatisfy(it -> assertThat(it).contains(host.manifests().toString())));
      await()
          .during(Duration.ofSeconds(3))
          .atMost(SOON)
          .until(() -> valueOf("first").isPresent() && valueOf("second").isPresent());
      Files.createDirectories(host.manifests());
      write("first", "2");
      write("second", "1");
      write("third", "1");

      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  valueOf("first").equals(Optional.of("2"))
                      && valueOf("third").equals(Optional.of("1")));
      await().atMost(SOON).until(() -> server.status().warnings().isEmpty());
      assertThat(valueOf("second")).hasValue("1");
    }
  }

  @Test
  void aFullDiskIsToldUntilThereIsSpaceAgain() throws Exception {
    try (SmallDisk disk = SmallDisk.mountedOn(data)) {
      String name = "full" + unique;
      TestAddon addon = TestAddon.of(name, "# a comment\n".repeat(2000) + configMap(name, "1"));
      // The file of the lock, which is empty, and its directory.
      disk.fill(1);
      try (PlinthServer server = host.start(addon)) {
        await()
            .atMost(SOON)
            .untilAsserted(
                () ->
                    assertThat(server.status().addon(name))
                        .get()
                        .satisfies(
                            it -> {
                              assertThat(it.reason()).isEqualTo("StagingFailed");
                              assertThat(it.message())
                                  .contains(data.toString(), "No space left on device");
                            }));
        disk.free();

        await()
            .atMost(SOON)
            .until(
                () ->
                    server.status().addon(name).map(AddonStatus::state).orElseThrow()
                        == AddonState.READY);
        assertThat(Files.exists(host.manifests().resolve(name + ".yaml"))).isTrue();
      }
    }
  }

  /** A file is written that is cut where the disk was full: in the cluster stays what was there. */
  @Test
  void aFileThatWasCutByAFullDiskTakesNothingAway() throws Exception {
    try (SmallDisk disk = SmallDisk.mountedOn(data)) {
      Files.createDirectories(host.manifests());
      write("cut", "1");
      try (PlinthServer server = host.start()) {
        await().atMost(SOON).until(() -> state(server, "cut") == AddonState.READY);
        disk.fill(0);

        truncate("cut");

        await().atMost(SOON).until(() -> state(server, "cut") == AddonState.FAILED);
        assertThat(valueOf("cut")).hasValue("1");
        disk.free();
        write("cut", "2");
        await().atMost(SOON).until(() -> valueOf("cut").equals(Optional.of("2")));
        await().atMost(SOON).until(() -> state(server, "cut") == AddonState.READY);
      }
    }
  }

  private AddonState state(PlinthServer server, String name) {
    return server.status().file(file(name)).map(AddonStatus::state).orElse(null);
  }

  private String file(String name) {
    return name + unique + ".yaml";
  }

  private Path manifest(String name) {
    return host.manifests().resolve(file(name));
  }

  private String link(String name, String target) throws IOException {
    Files.createSymbolicLink(manifest(name), Path.of(target));
    return name;
  }

  private String pipe(String name) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("mkfifo", manifest(name).toString()).start().waitFor()).isZero();
    return name;
  }

  private String huge(String name) throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(manifest(name).toFile(), "rw")) {
      sparse.setLength(17L * 1024 * 1024);
    }
    return name;
  }

  private void write(String name, String value) throws IOException {
    Files.writeString(manifest(name), configMap(name + unique, value));
  }

  private void truncate(String name) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(manifest(name).toFile(), "rw")) {
      file.setLength(0);
    }
  }

  private void removeDirectory() throws IOException {
    try (Stream<Path> all = Files.walk(host.manifests())) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private Optional<String> valueOf(String name) {
    ConfigMap map = client.configMaps().inNamespace("default").withName(name + unique).get();
    return Optional.ofNullable(map).map(it -> it.getData().get("value"));
  }

  private static String configMap(String name, String value) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: default}
    data: {value: "%s"}
    """
        .formatted(name, value);
  }
}
