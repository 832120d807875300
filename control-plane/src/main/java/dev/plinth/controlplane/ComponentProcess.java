package dev.plinth.controlplane;

import dev.plinth.controlplane.tools.Executable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of a component. Its standard input is a pipe that nobody writes to: when this JVM is
 * gone, however it went, the pipe ends, and with it the process.
 */
final class ComponentProcess {
  private static final Duration AFTER_KILL = Duration.ofSeconds(10);

  private final Process process;
  private final Path log;

  private ComponentProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a process.
   *
   * @param program what to run
   * @param supervisor what runs a program that does not end with its standard input
   */
  static ComponentProcess start(
      Executable program,
      Optional<Executable> supervisor,
      List<String> arguments,
      Path directory,
      Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (!program.holdsLifeline()) {
      command.add(supervisor.orElseThrow().path().toString());
    }
    command.add(program.path().toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // The user's settings of clients and of Go are not for these processes.
    builder.environment().keySet().retainAll(List.of("PATH", "TMPDIR", "TZ"));
    builder.environment().put("HOME", directory.toString());
    builder.environment().put(Executable.LIFELINE_VARIABLE, "stdin");
    return new ComponentProcess(builder.start(), log);
  }

  /** Has something done when the process has ended, on a thread of the JDK. */
  void whenEnded(Runnable action) {
    process.onExit().thenRun(action);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  Path log() {
    return log;
  }

  /** How the process ended, in words. */
  String ending() {
    return process.isAlive() ? "is running" : "ended with status " + process.exitValue();
  }

  /** Asks the process to end; {@link #awaitEnd} waits for it. */
  void terminate() {
    process.destroy();
  }

  /** Waits for the process to end, and kills it after the grace. */
  void awaitEnd(Duration grace) {
    if (!endsWithin(grace)) {
      kill();
    }
  }

  /** Kills the process at once, and the one that it may supervise. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    if (!endsWithin(AFTER_KILL)) {
      throw new ControlPlaneException("Process " + process.pid() + " can not be killed");
    }
  }

  private boolean endsWithin(Duration patience) {
    try {
      process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("The exit of a process can not fail", e);
    }
  }
}
