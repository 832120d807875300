package dev.plinth.examples.server;

import com.google.common.base.Throwables;
import dev.plinth.Plinth;
import dev.plinth.config.ServerConfig;
import dev.plinth.plan.Plan;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Tells what a start with some flags would do to a running cluster. */
@Command(
    name = "plan",
    description = {
      "Tells what `plinth server` with the same flags would create, change and delete in a running"
          + " cluster, by dry run; writes nothing.",
      "The cluster is that of --kubeconfig, else that of the data directory."
    },
    customSynopsis = "plinth plan [flags of server]",
    optionListHeading = "%nFlags, which are keys of the configuration file too:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:there is nothing to do",
      "1:the cluster cannot be read",
      "2:arguments, environment or configuration files are wrong",
      "3:there is something to do"
    })
final class PlanCommand extends ServerFlagsCommand {

  private final Terminal terminal;

  PlanCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    ServerSetup setup = readSetup();
    ServerConfig config = setup.config();
    Path kubeconfig = setup.kubeconfig();
    try (Logging logging = Logging.to(terminal);
        ExternalCluster cluster = ExternalCluster.of(kubeconfig)) {
      AvailableCharts charts = AvailableCharts.lookingAhead(setup);
      charts.notes().forEach(it -> terminal.line("plinth: " + it));
      Plan plan =
          Plinth.builder().client(cluster.client()).config(config).addons(charts.addons()).plan();
      plan.warnings().forEach(it -> terminal.line("warning: " + it));
      terminal.document(
          config
              .option(LauncherOptions.OUTPUT)
              .orElseThrow()
              .render(() -> PlanText.render(plan), () -> PlanDocument.of(plan)));
      return plan.isEmpty() ? ExitCode.OK : ExitCode.SOMETHING_TO_DO;
    } catch (KubernetesClientException e) {
      terminal.line(
          "plinth: no plan for the cluster of %s: %s"
              .formatted(kubeconfig, Throwables.getRootCause(e).getMessage()));
      return ExitCode.NOT_READY;
    }
  }
}
