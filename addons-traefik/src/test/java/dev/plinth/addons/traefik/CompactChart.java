package dev.plinth.addons.traefik;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The compact chart of the examples, packed. */
final class CompactChart {

  private CompactChart() {}

  static Path directory() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve("examples/charts/traefik"))) {
      directory = directory.getParent();
    }
    return directory.resolve("examples/charts/traefik");
  }

  /** Packs it into a file. */
  static Path packIn(Path target) throws IOException {
    new Helm(directory()).packageIt().withDestination(target).call();
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("traefik-.*\\.tgz"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** The compact chart in the place of the official one: with its version, and a definition. */
  static byte[] asOfficial(Path work) throws IOException {
    Path copy = work.resolve("traefik");
    try (Stream<Path> files = Files.walk(directory())) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, copy.resolve(directory().relativize(file).toString()));
      }
    }
    Path metadata = copy.resolve("Chart.yaml");
    Files.writeString(
        metadata,
        Files.readString(metadata)
            .replaceFirst(
                "(?m)^version: .*$", "version: " + TraefikAddon.officialChart().version()));
    Files.createDirectory(copy.resolve("crds"));
    Files.writeString(copy.resolve("crds/middlewares.yaml"), DEFINITION);
    Path target = Files.createDirectory(work.resolve("packed"));
    new Helm(copy).packageIt().withDestination(target).call();
    return Files.readAllBytes(target.resolve(TraefikAddon.officialChart().fileName()));
  }

  /** A chart as K3s's of Traefik's definitions: they are templates. */
  static byte[] definitions(Path work) throws IOException {
    Path chart = Files.createDirectories(work.resolve("traefik-crd/templates")).getParent();
    Files.writeString(
        chart.resolve("Chart.yaml"), "apiVersion: v2\nname: traefik-crd\nversion: 41.3.0\n");
    Files.writeString(chart.resolve("templates/middlewares.yaml"), DEFINITION);
    Path target = Files.createDirectory(work.resolve("packed"));
    new Helm(chart).packageIt().withDestination(target).call();
    return Files.readAllBytes(target.resolve("traefik-crd-41.3.0.tgz"));
  }

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: middlewares.traefik.io}
      spec:
        group: traefik.io
        names: {kind: Middleware, listKind: MiddlewareList, plural: middlewares, singular: middleware}
        scope: Namespaced
        versions:
          - name: v1alpha1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
      """;

  static byte[] archive() throws IOException {
    return Files.readAllBytes(packIn(Files.createTempDirectory("chart")));
  }
}
