package dev.plinth.examples.server;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.tools.Toolbox;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a control plane without add-ons, which is gone afterwards. */
@Command(
    name = "control-plane",
    description =
        "Starts only a control plane, with simulated nodes and without add-ons, until Ctrl-C;"
            + " nothing of it is kept.",
    mixinStandardHelpOptions = true)
final class ControlPlaneCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of simulated nodes (default 1).")
  private int nodes;

  @Option(
      names = "--kubeconfig-out",
      paramLabel = "FILE",
      description = "Write the administrator's kubeconfig to this file too.")
  private Path kubeconfigOut;

  ControlPlaneCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (nodes < 0 || nodes > LauncherOptions.MOST_NODES) {
      throw new UsageException(
          "--nodes: found %d, expected a number from 0 to %d"
              .formatted(nodes, LauncherOptions.MOST_NODES));
    }
    try (Logging logging = Logging.to(terminal);
        Progress progress = Progress.on(terminal)) {
      Toolbox toolbox = EmbeddedCluster.toolbox(progress);
      EmbeddedCluster.prepare(toolbox);
      progress.step("Starting the control plane");
      try (ControlPlane controlPlane =
          ControlPlane.builder().toolbox(toolbox).nodes(nodes).audit(false).start()) {
        progress.linesFromNowOn();
        Path kubeconfig = controlPlane.kubeconfig();
        if (kubeconfigOut != null) {
          kubeconfig = kubeconfigOut.toAbsolutePath();
          Kubeconfigs.copy(controlPlane.kubeconfig(), kubeconfig);
        }
        terminal.line("The control plane is ready; its nodes and pods are simulated.");
        terminal.line("  export KUBECONFIG=" + Shell.quoted(kubeconfig));
        terminal.line("Ctrl-C stops it and deletes it.");
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        // This is how it is told to stop, and ends well.
      }
    }
    return ExitCode.OK;
  }
}
