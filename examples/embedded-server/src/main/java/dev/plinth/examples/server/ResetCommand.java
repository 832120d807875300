package dev.plinth.examples.server;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Deletes a cluster. */
@Command(
    name = "reset",
    description =
        "Deletes the cluster in the data directory, with its manifests and its log. Refuses a"
            + " directory that a server uses or that plinth did not make.",
    mixinStandardHelpOptions = true)
final class ResetCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private DataDirOption dataDir;

  ResetCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path root = dataDir.path();
    terminal.line(
        DataDirectory.reset(root)
            ? "Deleted the cluster in " + root
            : "There is no cluster in " + root);
    return ExitCode.OK;
  }
}
