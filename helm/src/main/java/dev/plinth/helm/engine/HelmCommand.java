package dev.plinth.helm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A {@code helm} command that was found.
 *
 * @param binary the file
 */
record HelmCommand(Path binary, HelmVersion version) {

  private static final long SECONDS_TO_ANSWER = 30;

  /** There is no command that can be used. The message says where it was looked for. */
  static final class NotFoundException extends Exception {
    private static final long serialVersionUID = 1L;

    NotFoundException(String message) {
      super(message);
    }
  }

  /**
   * @param configured where the command is; empty: on the {@code PATH}
   */
  static HelmCommand find(Optional<Path> configured, Map<String, String> environment)
      throws NotFoundException, InterruptedException {
    Path binary =
        configured.isPresent()
            ? configured.get()
            : onPath(environment)
                .orElseThrow(() -> new NotFoundException("there is no helm command on the PATH"));
    if (!Files.isExecutable(binary)) {
      throw new NotFoundException("%s is no program that can be started".formatted(binary));
    }
    HelmVersion version = versionOf(binary);
    if (!version.isAtLeast(HelmVersion.OLDEST)) {
      throw new NotFoundException(
          "%s is Helm %s; expected %s or newer".formatted(binary, version, HelmVersion.OLDEST));
    }
    return new HelmCommand(binary.toAbsolutePath(), version);
  }

  private static Optional<Path> onPath(Map<String, String> environment) {
    String name = File.separatorChar == '\\' ? "helm.exe" : "helm";
    return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(directory -> !directory.isBlank())
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static HelmVersion versionOf(Path binary) throws NotFoundException, InterruptedException {
    Process process = null;
    try {
      process =
          new ProcessBuilder(binary.toString(), "version", "--short")
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS)) {
        throw new NotFoundException("%s does not tell its version".formatted(binary));
      }
      String answer = new String(process.getInputStream().readNBytes(4096), UTF_8);
      return HelmVersion.in(answer)
          .orElseThrow(
              () ->
                  new NotFoundException(
                      "%s does not tell its version; found: %s"
                          .formatted(binary, answer.lines().findFirst().orElse("nothing"))));
    } catch (IOException e) {
      throw new NotFoundException("%s can not be started: %s".formatted(binary, e.getMessage()));
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }
}
