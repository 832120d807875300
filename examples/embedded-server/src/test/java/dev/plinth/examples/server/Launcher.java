package dev.plinth.examples.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The launcher script as a user runs it.
 *
 * @param directory for the files that take its output
 * @param environment variables besides those of this process
 */
record Launcher(Path directory, Map<String, String> environment) {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  static final Path SCRIPT = Path.of("../../plinth").toAbsolutePath().normalize();

  /** In this directory, with nothing of this process's environment that could change a test. */
  static Launcher in(Path directory) {
    return new Launcher(directory, Map.of());
  }

  /** The same with one more variable. */
  Launcher with(String variable, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value);
    return new Launcher(directory, more);
  }

  /** Runs a command to its end. */
  Result run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).awaitEnd();
  }

  /** Starts a command. */
  Running start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    return startCommand(command);
  }

  /** Starts any command as the script is started. */
  Running startCommand(List<String> command) throws IOException {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    List.of("KUBECONFIG", "K3S_CONFIG_FILE", "K3S_NODE_NAME", "K3S_DATA_DIR")
        .forEach(builder.environment()::remove);
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    return new Running(process, out, err);
  }

  /** A command under way. */
  record Running(Process process, Path outFile, Path errFile) {

    String out() throws IOException {
      return Files.readString(outFile, UTF_8);
    }

    String err() throws IOException {
      return Files.readString(errFile, UTF_8);
    }

    /** Stops it as Ctrl-C or a service manager would. */
    Result stop() throws IOException, InterruptedException {
      process.destroy();
      return awaitEnd();
    }

    Result awaitEnd() throws IOException, InterruptedException {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running after " + LIMIT + ":\n" + out() + err());
      }
      return new Result(process.exitValue(), out(), err());
    }
  }

  /** What a command left. */
  record Result(int exitCode, String out, String err) {

    /** Standard output, which must be one JSON document. */
    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out);
    }
  }
}
