package dev.plinth.addons.traefik;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * K3s's chart of Traefik's definitions, {@code traefik-crd-<version>.tgz}, among the static charts
 * of a server: a server that once was K3s has it, and its definitions belong to a release.
 */
final class DefinitionsArchive {

  private static final Pattern NAME = Pattern.compile("traefik-crd-(\\d[\\w.+-]*)\\.tgz");

  private DefinitionsArchive() {}

  /**
   * The name of the newest one.
   *
   * @param dataDirectory the server's
   * @throws UncheckedIOException if the directory is there and cannot be read
   */
  static Optional<String> in(Path dataDirectory) {
    Path charts = dataDirectory.resolve("server").resolve("static").resolve("charts");
    if (!Files.isDirectory(charts)) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(charts, "traefik-crd-*.tgz")) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + charts, e);
    }
    return names.stream()
        .filter(name -> NAME.matcher(name).matches())
        .max(Comparator.comparing(DefinitionsArchive::version));
  }

  private static ModuleDescriptor.Version version(String name) {
    Matcher matcher = NAME.matcher(name);
    matcher.matches();
    return ModuleDescriptor.Version.parse(matcher.group(1));
  }
}
