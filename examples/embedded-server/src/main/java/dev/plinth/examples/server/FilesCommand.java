package dev.plinth.examples.server;

import dev.plinth.report.AddonState;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tells how the users' manifest files of a running cluster stand. */
@Command(
    name = "files",
    description = {
      "Shows the files that users dropped into the manifests directory of a cluster's server, as"
          + " their Addon resources tell. Exits with 0 if all of them are applied and healthy.",
      "The cluster is that of --kubeconfig, else of the variable KUBECONFIG, else of the data"
          + " directory."
    },
    mixinStandardHelpOptions = true)
final class FilesCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private ClusterReport cluster;

  FilesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return cluster.tell(
        terminal,
        ReportTable::renderFiles,
        ReportDocument::files,
        report ->
            report.files().stream()
                .map(it -> it.state())
                .allMatch(it -> it == AddonState.READY || it == AddonState.DISABLED));
  }
}
