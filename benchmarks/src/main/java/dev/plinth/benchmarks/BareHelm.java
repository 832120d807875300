package dev.plinth.benchmarks;

import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The {@code helm} command, version 3, as it is. */
final class BareHelm {

  private BareHelm() {}

  /**
   * Runs it.
   *
   * @param directory for its output
   * @throws BenchmarkFailedException if it fails
   */
  static void run(List<String> arguments, Path directory) throws IOException, InterruptedException {
    Path output = directory.resolve("helm.out");
    List<String> command = new ArrayList<>();
    command.add(Toolbox.standard().resolve(Tool.HELM).path().toString());
    command.addAll(arguments);
    int status =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    BenchmarkFailedException.unless(
        status == 0, "helm %s: %s", arguments.get(0), Files.readString(output));
  }
}
