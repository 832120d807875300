package dev.plinth.benchmarks;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The compact chart of the examples in an archive, and HelmCharts of it in the namespace default.
 *
 * @param archive a file
 */
record CompactChart(Path archive) {

  /** Packs it into a directory. */
  static CompactChart packInto(Path directory) throws IOException, InterruptedException {
    Path source = directory.resolve("traefik");
    copySource(source);
    BareHelm.run(
        List.of("package", source.toString(), "--destination", directory.toString()), directory);
    try (Stream<Path> files = Files.list(directory)) {
      return new CompactChart(
          files.filter(it -> it.toString().endsWith(".tgz")).findFirst().orElseThrow());
    }
  }

  /** Out of this program's class path, a directory or a jar. */
  private static void copySource(Path target) throws IOException {
    URI uri;
    try {
      uri = CompactChart.class.getResource("/charts/traefik/Chart.yaml").toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    if (uri.getScheme().equals("jar")) {
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        copy(Path.of(uri).getParent(), target);
      }
    } else {
      copy(Path.of(uri).getParent(), target);
    }
  }

  private static void copy(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(source.relativize(file).toString()));
      }
    }
  }

  /** A HelmChart with the archive in it, and so without a network. */
  void create(KubernetesClient client, String name) throws IOException {
    client
        .resource(
            """
            apiVersion: helm.cattle.io/v1
            kind: HelmChart
            metadata: {name: %s, namespace: default}
            spec:
              failurePolicy: retry
              chartContent: %s
            """
                .formatted(name, Base64.getEncoder().encodeToString(Files.readAllBytes(archive))))
        .create();
  }

  /** Gives a HelmChart a HelmChartConfig, or that another port. */
  static void configure(KubernetesClient client, String name, int port) {
    client
        .resource(
            """
            apiVersion: helm.cattle.io/v1
            kind: HelmChartConfig
            metadata: {name: %s, namespace: default}
            spec:
              valuesContent: |
                %s
            """
                .formatted(name, values(port)))
        .forceConflicts()
        .serverSideApply();
  }

  /** One line of YAML. */
  static String values(int port) {
    return "ports: {web: {exposedPort: %d}}".formatted(port);
  }
}
