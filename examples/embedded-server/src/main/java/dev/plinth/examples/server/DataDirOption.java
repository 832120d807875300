package dev.plinth.examples.server;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flag that says where a server keeps its data. */
final class DataDirOption {

  @Option(
      names = {"-d", "--data-dir"},
      paramLabel = "DIR",
      description = "The server's data directory (default ~/.local/share/plinth).")
  private Path given;

  /** The directory, absolute. */
  Path path() {
    Path path = given == null ? DataDirectory.defaultFor(System.getenv()) : given;
    return path.toAbsolutePath().normalize();
  }
}
