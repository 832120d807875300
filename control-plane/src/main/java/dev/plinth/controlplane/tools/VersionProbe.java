package dev.plinth.controlplane.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks programs for their versions. */
final class VersionProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.\\d+");

  /**
   * The version that a program reports.
   *
   * @return major.minor.patch; empty if the program reports none, fails or does not end
   */
  Optional<String> versionOf(Tool tool, Path binary) {
    List<String> command = new ArrayList<>();
    command.add(binary.toString());
    command.addAll(tool.versionArguments());
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      try {
        process
            .onExit()
            .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .whenComplete(
                (exited, late) -> {
                  // Not after an end in time, for that would close the output that is being read.
                  if (late != null) {
                    process.destroyForcibly();
                  }
                });
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher version = VERSION.matcher(output);
        return process.waitFor() == 0 && version.find()
            ? Optional.of(version.group())
            : Optional.empty();
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.empty(); // not executable here: as good as a program without a version
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolException("Interrupted while asking " + binary + " for its version", e);
    }
  }

  /** Whether two versions differ in the patch at most, which changes no API and no flag. */
  static boolean sameMinor(String one, String other) {
    return minor(one).equals(minor(other));
  }

  private static String minor(String version) {
    Matcher matcher = VERSION.matcher(version);
    return matcher.find() ? matcher.group(1) + "." + matcher.group(2) : version;
  }
}
