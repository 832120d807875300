package dev.plinth.testkit.node;

import dev.plinth.controlplane.tools.Executable;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Namespaces of the node's own: of processes, mounts and networks. The first process in them is
 * held by this JVM; when it ends, however that comes, the kernel ends all others and takes the
 * mounts and devices away.
 */
final class NodeSandbox implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process holder;
  private final long pid;
  private final Path directory;
  private final List<Process> programs = new ArrayList<>();

  private NodeSandbox(Process holder, long pid, Path directory) {
    this.holder = holder;
    this.pid = pid;
    this.directory = directory;
  }

  /**
   * Makes the namespaces.
   *
   * @param directory where the node's files and logs are
   */
  static NodeSandbox open(Toolbox toolbox, Path directory) throws IOException {
    Path script = directory.resolve("sandbox.sh");
    Files.writeString(script, NodeConfiguration.resource("sandbox.sh"));
    ProcessBuilder builder =
        new ProcessBuilder(
                toolbox.resolve(Tool.SUPERVISE).path().toString(),
                "unshare",
                "--pid",
                "--mount",
                "--net",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "sh",
                script.toString(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("sandbox.log").toFile());
    builder.environment().put(Executable.LIFELINE_VARIABLE, "stdin");
    Process holder = builder.start();
    try {
      return new NodeSandbox(holder, firstProcess(holder, directory), directory);
    } catch (RuntimeException e) {
      holder.destroyForcibly();
      throw e;
    }
  }

  /** The supervisor's child is unshare, and its child is the first process in the namespaces. */
  private static long firstProcess(Process holder, Path directory) {
    Instant end = Instant.now().plus(PATIENCE);
    while (holder.isAlive() && Instant.now().isBefore(end)) {
      Optional<ProcessHandle> first =
          holder
              .children()
              .findFirst()
              .flatMap(it -> it.children().findFirst())
              .filter(it -> Files.exists(directory.resolve("sandbox.ready")));
      if (first.isPresent()) {
        return first.get().pid();
      }
      pause();
    }
    throw new IllegalStateException(
        "No namespaces for a node: " + NodeConfiguration.read(directory.resolve("sandbox.log")));
  }

  /** The first process, as it is known outside. */
  long pid() {
    return pid;
  }

  /** Runs a program in there to its end. */
  String run(String... command) {
    return HostCommand.run(inside(List.of(command)));
  }

  /** Starts a program in there, with its output in {@code <name>.log}. */
  void start(String name, String... command) throws IOException {
    Process program =
        new ProcessBuilder(inside(List.of(command)))
            .redirectErrorStream(true)
            .redirectOutput(log(name).toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    programs.add(program);
  }

  Path log(String name) {
    return directory.resolve(name + ".log");
  }

  private List<String> inside(List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target",
                Long.toString(pid),
                "--pid",
                "--mount",
                "--net",
                "--wd=" + directory,
                "--"));
    all.addAll(command);
    return all;
  }

  /** Ends everything in there. */
  @Override
  public void close() {
    ProcessHandle first = ProcessHandle.of(pid).orElse(null);
    if (first != null) {
      first.destroyForcibly();
      first.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
    programs.forEach(Process::destroyForcibly);
    holder.descendants().forEach(ProcessHandle::destroyForcibly);
    holder.destroyForcibly();
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while a node was started", e);
    }
  }
}
