package dev.plinth.examples.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** For the list of commands: the launcher script itself hands over to kubectl. */
@Command(
    name = "kubectl",
    description =
        "Runs kubectl in the version of the control plane, on the cluster in the default data"
            + " directory unless KUBECONFIG or --kubeconfig says otherwise.",
    customSynopsis = "plinth kubectl [arguments of kubectl]")
final class KubectlCommand implements Callable<Integer> {

  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() {
    throw new UsageException("kubectl is run by the launcher script: ./plinth kubectl ...");
  }
}
