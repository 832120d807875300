package dev.plinth.controlplane.tools;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The {@code go} command of the host. */
final class GoCommand {
  private static final int PACKAGES_PER_LINE = 250;
  private static final int TAIL = 30;

  private final Path go;
  private final Map<String, String> environment;

  private GoCommand(Path go, Map<String, String> environment) {
    this.go = go;
    this.environment = environment;
  }

  static Optional<GoCommand> onPath(Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", "");
    return Stream.of(path.split(Pattern.quote(File.pathSeparator)))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, "go"))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst()
        .map(go -> new GoCommand(go, environment));
  }

  /**
   * Builds a module's binary. The same sources give the same bytes with the same version of Go,
   * wherever they are.
   *
   * @throws ToolException if the build fails or exceeds its time; with the end of its output
   */
  void build(
      GoSources sources, Path directory, Path output, Duration patience, Consumer<String> progress)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                go.toString(),
                "build",
                "-v",
                "-trimpath",
                "-buildvcs=false",
                "-mod=readonly",
                "-ldflags",
                sources.module().linkerFlags(sources.version()),
                "-o",
                output.toString(),
                sources.module().mainPackage())
            .directory(directory.toFile())
            .redirectErrorStream(true);
    pinEnvironment(builder.environment());
    Process process = builder.start();
    AtomicBoolean overdue = new AtomicBoolean();
    try {
      process.getOutputStream().close();
      process
          .onExit()
          .orTimeout(patience.toSeconds(), TimeUnit.SECONDS)
          .whenComplete(
              (exited, late) -> {
                // Not after an end in time, for that would close the output that is being read.
                if (late != null) {
                  overdue.set(true);
                  kill(process);
                }
              });
      Output said = new Output(sources.module().directory(), progress);
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        lines.lines().forEach(said::add);
      } catch (UncheckedIOException e) {
        if (!overdue.get()) { // killing the process may close its output under the reader
          throw e.getCause();
        }
      }
      int status = process.waitFor();
      if (overdue.get()) {
        throw new ToolException(
            "The build of "
                + sources.module().directory()
                + " was ended after "
                + patience.toSeconds()
                + " s. Go keeps what it has compiled: the next try goes on from there.");
      }
      if (status != 0) {
        throw new ToolException(
            "The build of "
                + sources.module().directory()
                + " failed ("
                + go
                + " build, status "
                + status
                + "):\n"
                + said.tail());
      }
    } finally {
      kill(process);
    }
  }

  /** Keeps out what would change the result, and leaves how modules are fetched to the user. */
  private void pinEnvironment(Map<String, String> target) {
    target.clear();
    target.putAll(environment);
    List.of("GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GODEBUG", "GOFIPS140")
        .forEach(target::remove);
    target.put("CGO_ENABLED", "0");
    target.put("GOFLAGS", "");
    target.put("GOTOOLCHAIN", "local");
    target.put("GOWORK", "off");
    target.put("GO111MODULE", "on");
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Turns one line per package into a few lines of progress, and keeps the last ones. */
  private static final class Output {
    private final String name;
    private final Consumer<String> progress;
    private final Deque<String> last = new ArrayDeque<>();
    private int packages;
    private boolean downloading;

    Output(String name, Consumer<String> progress) {
      this.name = name;
      this.progress = progress;
    }

    void add(String line) {
      if (last.size() == TAIL) {
        last.removeFirst();
      }
      last.addLast(line);
      if (line.startsWith("go: downloading ")) {
        if (!downloading) {
          downloading = true;
          progress.accept("Downloading the Go modules of " + name);
        }
      } else if (!line.contains(" ") && ++packages % PACKAGES_PER_LINE == 0) {
        progress.accept("Building " + name + ": " + packages + " packages compiled");
      }
    }

    String tail() {
      return String.join("\n", last);
    }
  }
}
