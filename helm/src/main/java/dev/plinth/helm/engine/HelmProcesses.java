package dev.plinth.helm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Starts the {@code helm} command and sees it end. */
final class HelmProcesses {

  /** More of an error than anybody reads. */
  private static final int LONGEST_ERROR = 64 << 10;

  private static final Duration TO_END = Duration.ofSeconds(10);

  private final Path binary;
  private final Map<String, String> environment;
  private final Set<Process> running = ConcurrentHashMap.newKeySet();

  /**
   * @param environment this process's, of which Helm gets what is not about Helm or Kubernetes
   */
  HelmProcesses(Path binary, Map<String, String> environment) {
    this.binary = binary;
    this.environment = new TreeMap<>(environment);
    this.environment
        .keySet()
        .removeIf(name -> name.startsWith("HELM_") || name.equals("KUBECONFIG"));
  }

  Path binary() {
    return binary;
  }

  /**
   * Runs the command to its end, with nothing to read.
   *
   * @param directory the operation's: output and errors go there
   * @param variables besides the environment
   * @param limit after it, Helm is asked to end, and then ended
   * @return what the command has written to its standard output
   * @throws HelmFailure if it ends with another code than 0, or not in time
   */
  Path run(
      OperationDirectory directory,
      List<String> arguments,
      Map<String, String> variables,
      Duration limit)
      throws HelmFailure, InterruptedException {
    Path output = directory.file("stdout");
    Path errors = directory.file("stderr");
    Process process = start(directory, arguments, variables, output, errors);
    running.add(process);
    try {
      directory.remember(process);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        end(process);
        throw new HelmFailure(
            "Helm did not end within %d s: %s".formatted(limit.toSeconds(), message(errors)));
      }
      if (process.exitValue() != 0) {
        throw new HelmFailure(message(errors));
      }
      return output;
    } catch (IOException e) {
      throw new HelmFailure("Can not follow " + binary + ": " + e, e);
    } finally {
      end(process);
      running.remove(process);
    }
  }

  private Process start(
      OperationDirectory directory,
      List<String> arguments,
      Map<String, String> variables,
      Path output,
      Path errors)
      throws HelmFailure {
    List<String> command = new ArrayList<>();
    command.add(binary.toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.path().toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().putAll(variables);
    try {
      // Both may hold what only the owner may see; a redirect would make them with the umask.
      directory.write("stdout", new byte[0]);
      directory.write("stderr", new byte[0]);
      Process process = builder.start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      throw new HelmFailure("Can not start " + binary + ": " + e.getMessage(), e);
    }
  }

  /** Asks all commands that run to end: Helm then marks its release as failed. */
  void cancel() {
    running.forEach(Process::destroy);
  }

  private static void end(Process process) throws InterruptedException {
    if (process.isAlive()) {
      process.destroy();
      try {
        process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  /** Helm's error without its warnings and the words in front of it. */
  private static String message(Path errors) {
    String text;
    try (InputStream in = Files.newInputStream(errors)) {
      text = new String(in.readNBytes(LONGEST_ERROR), UTF_8);
    } catch (IOException e) {
      return "Helm failed, and its error can not be read: " + e;
    }
    String message =
        text.lines()
            .filter(line -> !line.startsWith("WARNING: ") && !line.startsWith("level=WARN"))
            .reduce((above, line) -> above + "\n" + line)
            .orElse("")
            .strip()
            .replaceFirst("(?s)^.*?(^|\n)Error: ", "")
            .replaceFirst("^(INSTALLATION|UPGRADE|UNINSTALLATION) FAILED: ", "");
    return message.isEmpty() ? "Helm failed and said nothing" : message;
  }
}
