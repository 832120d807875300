package dev.plinth.examples.server;

import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prepares everything that a server needs. */
@Command(
    name = "build",
    description =
        "Builds the Java part and the programs of the control plane ahead, so that the first"
            + " start is quick.",
    mixinStandardHelpOptions = true)
final class BuildCommand implements Callable<Integer> {

  private final Terminal terminal;

  BuildCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (Logging logging = Logging.to(terminal);
        Progress progress = Progress.on(terminal)) {
      Toolbox toolbox = EmbeddedCluster.toolbox(progress);
      EmbeddedCluster.prepare(toolbox);
      toolbox.resolve(Tool.KUBECTL);
    }
    terminal.line("Everything is built.");
    return ExitCode.OK;
  }
}
