package dev.plinth.examples.server;

import dev.plinth.Plinth;
import dev.plinth.plan.Plan;
import dev.plinth.takeover.ServerAliveException;
import picocli.CommandLine.Command;

/** Gives back what Plinth has. */
@Command(
    name = "release",
    description = {
      "Gives everything that Plinth has in a cluster back: its objects go on as they are, without"
          + " Plinth's labels and annotations, and its Addons are deleted. A K3s that is started"
          + " afterwards adopts what it packages.",
      "Refused while a server with Plinth is alive, unless with --dry-run. The cluster is that of"
          + " --kubeconfig, else that of the data directory."
    },
    customSynopsis = "plinth release [--dry-run] [flags of server]",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or nothing to do",
      "1:a server is alive, the cluster cannot be reached, or an object was refused",
      "2:arguments, environment or configuration files are wrong"
    })
final class ReleaseCommand extends TransferCommand {

  ReleaseCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Plan preview(Plinth.Builder plinth) {
    return plinth.release().preview();
  }

  @Override
  Plan run(Plinth.Builder plinth) throws ServerAliveException, InterruptedException {
    return plinth.release().run();
  }
}
