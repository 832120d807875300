package dev.plinth.examples.server;

import dev.plinth.Plinth;
import dev.plinth.plan.Plan;
import dev.plinth.takeover.K3sAliveException;
import picocli.CommandLine.Command;

/** Takes over what a K3s has left. */
@Command(
    name = "takeover",
    description = {
      "Takes over what a K3s has left in a cluster and `plinth server` does not adopt by itself:"
          + " Addons that no enabled add-on packages, as they are, and what K3s's Helm controller"
          + " needed for its Jobs, which goes. No pod is restarted.",
      "Refused while that K3s is alive, unless with --dry-run. The cluster is that of --kubeconfig,"
          + " else that of the data directory."
    },
    customSynopsis = "plinth takeover [--dry-run] [flags of server]",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or nothing to do",
      "1:a K3s is alive, the cluster cannot be reached, or an object was refused",
      "2:arguments, environment or configuration files are wrong"
    })
final class TakeoverCommand extends TransferCommand {

  TakeoverCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Plan preview(Plinth.Builder plinth) {
    return plinth.takeover().preview();
  }

  @Override
  Plan run(Plinth.Builder plinth) throws K3sAliveException, InterruptedException {
    return plinth.takeover().run();
  }
}
