package dev.plinth.examples.server;

import com.google.common.base.Throwables;
import dev.plinth.Plinth;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.config.ServerConfig;
import dev.plinth.plan.Plan;
import dev.plinth.takeover.K3sAliveException;
import dev.plinth.takeover.ServerAliveException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A command that changes whose the objects of a cluster are. */
abstract class TransferCommand extends ServerFlagsCommand {

  private final Terminal terminal;

  @Option(names = "--dry-run", description = "Only tell what would be done.")
  private boolean dryRun;

  TransferCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What would be done; writes nothing. */
  abstract Plan preview(Plinth.Builder plinth);

  /** Does it. */
  abstract Plan run(Plinth.Builder plinth)
      throws K3sAliveException, ServerAliveException, InterruptedException;

  @Override
  public final Integer call() throws InterruptedException {
    ServerSetup setup = readSetup();
    ServerConfig config = setup.config();
    Path kubeconfig = setup.kubeconfig();
    try (Logging logging = Logging.to(terminal);
        ExternalCluster cluster = ExternalCluster.of(kubeconfig)) {
      Plinth.Builder plinth =
          Plinth.builder().client(cluster.client()).config(config).addons(setup.addons());
      Plan plan = dryRun ? preview(plinth) : run(plinth);
      terminal.document(
          config
              .option(LauncherOptions.OUTPUT)
              .orElseThrow()
              .render(() -> TransferText.render(plan, dryRun), () -> PlanDocument.of(plan)));
      return plan.changes().stream().anyMatch(it -> it.preview().change() == Change.FAIL)
          ? ExitCode.NOT_READY
          : ExitCode.OK;
    } catch (K3sAliveException | ServerAliveException e) {
      terminal.line("plinth: %s (%s)".formatted(e.getMessage(), kubeconfig));
      return ExitCode.NOT_READY;
    } catch (KubernetesClientException e) {
      terminal.line(
          "plinth: the cluster of %s cannot be read or written: %s"
              .formatted(kubeconfig, Throwables.getRootCause(e).getMessage()));
      return ExitCode.NOT_READY;
    }
  }
}
