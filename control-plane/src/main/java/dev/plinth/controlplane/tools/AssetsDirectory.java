package dev.plinth.controlplane.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Binaries that the user provides, one file each, as setup-envtest lays them out. */
final class AssetsDirectory {
  static final String VARIABLE = "KUBEBUILDER_ASSETS";

  private final Optional<Path> directory;
  private final VersionProbe versions;

  AssetsDirectory(Optional<Path> directory, VersionProbe versions) {
    this.directory = directory;
    this.versions = versions;
  }

  Finding find(Tool tool, String wanted) {
    if (directory.isEmpty()) {
      return Finding.nothing(VARIABLE + " is not set");
    }
    Path binary = directory.get().resolve(tool.program()).toAbsolutePath();
    if (tool.versionArguments().isEmpty() || !Files.isExecutable(binary)) {
      return Finding.nothing(VARIABLE + " has no executable " + binary);
    }
    Optional<String> version = versions.versionOf(tool, binary);
    if (version.isEmpty()) {
      return Finding.nothing(binary + " does not report a version");
    }
    if (!VersionProbe.sameMinor(version.get(), wanted)) {
      return Finding.nothing(binary + " is version " + version.get() + ", not " + wanted);
    }
    return Finding.of(new Executable(binary, false));
  }

  /** What was found, or why nothing was. */
  record Finding(Optional<Executable> executable, String reason) {
    static Finding of(Executable executable) {
      return new Finding(Optional.of(executable), "");
    }

    static Finding nothing(String reason) {
      return new Finding(Optional.empty(), reason);
    }
  }
}
