package dev.plinth.examples.server;

import dev.plinth.report.AddonReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tells how the add-ons of a running cluster stand. */
@Command(
    name = "status",
    description = {
      "Shows the add-ons of a cluster, as their Addon resources tell; disabled ones have none."
          + " Below them are the users' files.",
      "The cluster is that of --kubeconfig, else of the variable KUBECONFIG, else of the data"
          + " directory."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private ClusterReport cluster;

  StatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return cluster.tell(terminal, ReportTable::render, ReportDocument::of, AddonReport::ready);
  }
}
