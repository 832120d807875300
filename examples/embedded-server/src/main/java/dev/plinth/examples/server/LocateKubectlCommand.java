package dev.plinth.examples.server;

import dev.plinth.controlplane.tools.Tool;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Tells the launcher script where kubectl is, and the kubeconfig of the default cluster. */
@Command(name = "locate-kubectl", hidden = true)
final class LocateKubectlCommand implements Callable<Integer> {

  private final Terminal terminal;

  LocateKubectlCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path kubectl;
    try (Logging logging = Logging.to(terminal);
        Progress progress = Progress.on(terminal)) {
      kubectl = EmbeddedCluster.toolbox(progress).resolve(Tool.KUBECTL).path();
    }
    Path kubeconfig = DataDirectory.kubeconfigIn(DataDirectory.defaultFor(System.getenv()));
    terminal.document("%s%n%s%n".formatted(kubectl, kubeconfig));
    return ExitCode.OK;
  }
}
