package dev.plinth.testkit.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of the machine that are run to their end. */
final class HostCommand {

  private static final long PATIENCE_SECONDS = 60;

  private HostCommand() {}

  /**
   * Runs a program.
   *
   * @return what it printed
   * @throws IllegalStateException if it fails, with what it printed
   */
  static String run(String... command) {
    return run(Optional.empty(), List.of(command));
  }

  static String run(List<String> command) {
    return run(Optional.empty(), command);
  }

  /** Runs a program that reads something. */
  static String run(Optional<String> input, List<String> command) {
    Result result = result(input, command);
    if (result.status() != 0) {
      throw new IllegalStateException(
          "%s ended with status %d: %s"
              .formatted(String.join(" ", command), result.status(), result.output()));
    }
    return result.output();
  }

  /** Whether a program is there and succeeds. */
  static boolean succeeds(String... command) {
    try {
      return result(Optional.empty(), List.of(command)).status() == 0;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private record Result(int status, String output) {}

  private static Result result(Optional<String> input, List<String> command) {
    Process process = null;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (OutputStream stdin = process.getOutputStream()) {
        if (input.isPresent()) {
          stdin.write(input.get().getBytes(UTF_8));
        }
      }
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(String.join(" ", command) + " does not end");
      }
      return new Result(process.exitValue(), output);
    } catch (IOException e) {
      throw new IllegalStateException(String.join(" ", command) + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(String.join(" ", command) + ": interrupted", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }
}
