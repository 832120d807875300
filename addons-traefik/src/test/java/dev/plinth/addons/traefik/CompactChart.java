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

  static byte[] archive() throws IOException {
    return Files.readAllBytes(packIn(Files.createTempDirectory("chart")));
  }
}
