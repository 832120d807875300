package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.Scope;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users drop into the manifests directory, on a real API server. */
@WithControlPlane
class UserFilesIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path data;

  private ControlPlane controlPlane;
  private KubernetesClient client;
  private TestHost host;

  @BeforeEach
  void begin(ControlPlane started) throws IOException {
    controlPlane = started;
    client = started.client();
    host = TestHost.of(started, data);
    Files.createDirectories(host.manifests());
  }

  @Test
  void aNewFileAndEveryChangeOfItAreInTheClusterAtOnce() throws Exception {
    try (PlinthServer server = host.start()) {
      server.awaitReady(TestHost.PATIENCE, Scope.ADDONS_AND_FILES);
      List<Long> millis = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        String value = "v" + i;
        long begin = System.nanoTime();
        replace("speedy.yaml", configMap("speedy", value));
        while (!valueOf("speedy").equals(value)) {
          assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        }
        millis.add(Duration.ofNanos(System.nanoTime() - begin).toMillis());
      }
      Collections.sort(millis);
      AddonReport report = server.awaitReady(SOON, Scope.ADDONS_AND_FILES);
      assertThat(report.file("speedy.yaml").orElseThrow().state()).isEqualTo(AddonState.READY);
    }
  }

  private String valueOf(String name) {
    ConfigMap map = client.configMaps().inNamespace("default").withName(name).get();
    return map == null ? "" : map.getData().get("value");
  }

  private Path write(String file, String content) throws IOException {
    Path path = host.manifests().resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, content);
  }

  /** As editors do it. */
  private void replace(String file, String content) throws IOException {
    Path path = host.manifests().resolve(file);
    Path temporary = Files.writeString(path.resolveSibling(".tmp-edit"), content);
    Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String configMap(String name, String value) {
    return """
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: default}
    data: {value: "%s"}
    """
        .formatted(name, value);
  }
}
