package dev.plinth.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A server's directory of manifests, for files of ConfigMaps in the namespace default. */
final class ManifestDirectory {

  private static final String TEXT = "x".repeat(200);
  private static final String CONFIG_MAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: %1$s, namespace: default}
      data: {value: "%2$s", text: %3$s}
      """;

  private final Path path;

  private ManifestDirectory(Path path) {
    this.path = path;
  }

  /** That of a data directory. */
  static ManifestDirectory in(TemporaryDirectory data) throws IOException {
    return new ManifestDirectory(
        Files.createDirectories(data.path().resolve("server").resolve("manifests")));
  }

  /** A manifest of one ConfigMap of about 300 bytes. */
  static String configMap(String name, String value) {
    return CONFIG_MAP.formatted(name, value, TEXT);
  }

  /** Writes a file as an editor or {@code cp} does: to its place, at once. */
  void write(String name, String content) throws IOException {
    Files.writeString(path.resolve(name), content);
  }

  /** Files {@code <prefix>-0.yaml} and so on; their objects are called after their files. */
  void writeMany(String prefix, int files, int objectsEach) throws IOException {
    for (int i = 0; i < files; i++) {
      writeOneOfMany(prefix, i, objectsEach, "first");
    }
  }

  /** One of these, the first of its objects with this value. */
  void writeOneOfMany(String prefix, int number, int objectsEach, String value) throws IOException {
    String name = prefix + "-" + number;
    write(
        name + ".yaml",
        IntStream.range(0, objectsEach)
            .mapToObj(object -> configMap(name + "-" + object, object == 0 ? value : "first"))
            .collect(Collectors.joining("---\n")));
  }
}
