package dev.plinth.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plinth.controlplane.tools.Executable;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A process that has a server in it, which a test kills, or has stand still for a while as a
 * hypervisor or a swapping machine would. It ends with the JVM that started it, however that ends.
 * On Linux only.
 */
public final class ServerProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LOOK_NANOS = Duration.ofMillis(2).toNanos();
  private static final int END_OF_OUTPUT = 8_000;

  private final Process supervisor;
  private final ProcessHandle process;
  private final Path log;

  private ServerProcess(Process supervisor, ProcessHandle process, Path log) {
    this.supervisor = supervisor;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts any program.
   *
   * @param command the program and its arguments
   * @param environment variables besides those of this process
   * @param log takes all that it writes
   * @throws IllegalStateException if it cannot be started
   */
  public static ServerProcess start(
      List<String> command, Map<String, String> environment, Path log) {
    List<String> supervised = new ArrayList<>();
    supervised.add(Toolbox.standard().resolve(Tool.SUPERVISE).path().toString());
    supervised.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(supervised).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    builder.environment().put(Executable.LIFELINE_VARIABLE, "stdin");
    try {
      Process supervisor = builder.start();
      AtomicReference<ProcessHandle> child = new AtomicReference<>();
      await(
          "start of " + command.get(0),
          () -> {
            supervisor
                .children()
                .filter(it -> isStarted(it, supervisor))
                .findAny()
                .ifPresent(child::set);
            return child.get() != null || !supervisor.isAlive();
          });
      if (child.get() == null) {
        throw new IllegalStateException("has ended: " + endOf(log));
      }
      return new ServerProcess(supervisor, child.get(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(String.join(" ", supervised), e);
    }
  }

  /**
   * A child that is still the supervisor's own program is none that was started: Go tries with one
   * what the system can do, and each is so for a moment.
   */
  private static boolean isStarted(ProcessHandle child, Process supervisor) {
    Optional<String> own = supervisor.info().command();
    return child.info().command().filter(it -> !own.equals(Optional.of(it))).isPresent();
  }

  /**
   * Starts a class with this JVM's class path.
   *
   * @param main has a main method
   * @param log takes all that it writes
   * @param arguments for the main method
   */
  public static ServerProcess java(Class<?> main, Path log, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Several of them share a machine with a control plane; short runs gain nothing from C2.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return start(command, Map.of(), log);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it has written so far. */
  public String output() {
    try {
      return Files.readString(log, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until it has written something.
   *
   * @param text any part of its output
   * @throws AssertionError if it ends first, or the time is up
   */
  public void awaitOutput(String text, Duration atMost) {
    await("'%s'".formatted(text), atMost, () -> output().contains(text) || !isAlive());
    if (!output().contains(text)) {
      throw new AssertionError("ended without '%s':%n%s".formatted(text, endOf(log)));
    }
  }

  /** Has it stand still, as SIGSTOP does; returns when it does. Its connections stay open. */
  public void pause() {
    signal("STOP");
    await("standstill of process " + pid(), () -> state() == 'T');
  }

  /** Has it go on where it stood. */
  public void resume() {
    signal("CONT");
  }

  /** Kills it with SIGKILL, and returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Asks it to end with SIGTERM, and returns when it has ended, with its exit code. */
  public int terminate() {
    process.destroy();
    return awaitEnd();
  }

  /** Returns when it has ended by itself, with its exit code; for one that was killed 137. */
  public int awaitEnd() {
    try {
      if (!supervisor.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(
            "process %d does not end:%n%s".formatted(process.pid(), endOf(log)));
      }
      return supervisor.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while process " + pid() + " ends", e);
    }
  }

  /** Kills it, if it lives. */
  @Override
  public void close() {
    kill();
  }

  private void signal(String name) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
              .redirectErrorStream(true)
              .start();
      String output = new String(kill.getInputStream().readAllBytes(), UTF_8);
      if (kill.waitFor() != 0) {
        throw new IllegalStateException(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while process " + pid() + " is signalled", e);
    }
  }

  /** The field after the name of the program, which is in parentheses and may have any in it. */
  private char state() {
    try {
      String status = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
      return status.charAt(status.lastIndexOf(')') + 2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    await(what, PATIENCE, condition);
  }

  private static void await(String what, Duration atMost, BooleanSupplier condition) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("no %s within %s".formatted(what, atMost));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static String endOf(Path log) {
    try {
      String text = Files.readString(log, UTF_8);
      return text.substring(Math.max(0, text.length() - END_OF_OUTPUT));
    } catch (IOException e) {
      return "(" + e + ")";
    }
  }
}
