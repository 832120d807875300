package dev.plinth.examples.server;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.tools.Toolbox;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Runs a server until it is told to stop. */
@Command(
    name = "server",
    description = {
      "Starts a control plane with a simulated node, or takes the cluster of --kubeconfig,"
          + " and keeps K3s's packaged components in it until Ctrl-C.",
      "Takes the flags of `k3s server`; those without a meaning here are ignored with a warning."
    },
    customSynopsis = "plinth server [flags]",
    optionListHeading = "%nFlags, which are keys of the configuration file too:%n",
    footer = {
      "",
      "-c, -d and -o are short for --config, --data-dir and --write-kubeconfig.",
      "Without --data-dir, everything lies in ~/.local/share/plinth; no configuration file is"
          + " read that is not named."
    })
final class ServerCommand extends ServerFlagsCommand {

  private final Terminal terminal;

  ServerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    ServerSetup setup = readSetup();
    ServerConfig config = setup.config();
    Optional<Path> kubeconfig = config.option(LauncherOptions.KUBECONFIG);
    kubeconfig.ifPresent(Kubeconfigs::read); // refused before the data directory is touched

    try (DataDirectory data = DataDirectory.open(config.dataDir(), setup.dataDirIsGiven());
        Logging logging = Logging.to(terminal).andTo(data.log());
        Progress progress = Progress.on(terminal)) {
      tellIgnored(config);
      Toolbox toolbox = EmbeddedCluster.toolbox(progress);
      try (Cluster cluster =
          kubeconfig.isPresent()
              ? ExternalCluster.of(kubeconfig.get())
              : EmbeddedCluster.start(config, data, toolbox, progress)) {
        progress.step("Looking for charts");
        AvailableCharts charts = AvailableCharts.of(setup);
        progress.stepsDone();
        charts.notes().forEach(it -> terminal.line("plinth: " + it));
        return run(setup, charts, cluster, progress);
      }
    }
  }

  private int run(ServerSetup setup, AvailableCharts charts, Cluster cluster, Progress progress)
      throws InterruptedException {
    ServerConfig config = setup.config();
    Duration timeout = config.option(LauncherOptions.TIMEOUT).orElseThrow();
    try (PlinthServer plinth =
        Plinth.builder()
            .client(cluster.client())
            .config(config)
            .addons(charts.addons())
            .listener(progress)
            .start()) {
      AddonReport report = plinth.awaitReady(timeout);
      progress.linesFromNowOn();
      ServerReport all =
          new ServerReport(
              report,
              others(cluster),
              cluster.kubeconfig(),
              cluster.simulatesNodes(),
              charts.notes());
      terminal.document(
          config
              .option(LauncherOptions.OUTPUT)
              .orElseThrow()
              .render(() -> ReportTable.render(all), () -> ReportDocument.of(all)));
      tellCauses(report, timeout);
      if (config.option(LauncherOptions.EXIT_WHEN_READY).orElseThrow()) {
        return exitCode(report);
      }
      if (exitCode(report) == ExitCode.USAGE) {
        return ExitCode.USAGE;
      }
      tellHowToUse(cluster.kubeconfig());
      awaitStop();
      return exitCode(plinth.status());
    }
  }

  private void tellIgnored(ServerConfig config) {
    if (!config.ignoredKeys().isEmpty()) {
      terminal.line(
          "warning: without effect here: %s".formatted(String.join(", ", config.ignoredKeys())));
    }
  }

  private void tellCauses(AddonReport report, Duration timeout) {
    if (!report.settled()) {
      terminal.line("plinth: not every add-on was ready in %ss".formatted(timeout.toSeconds()));
    }
    Stream.of(AddonState.FAILED, AddonState.BLOCKED, AddonState.PROGRESSING)
        .flatMap(state -> report.addons().stream().filter(it -> it.state() == state))
        .forEach(
            it ->
                terminal.line(
                    "plinth: %s is %s: %s: %s"
                        .formatted(it.name(), it.state(), it.reason(), it.message())));
  }

  private void tellHowToUse(Path kubeconfig) {
    terminal.line("");
    terminal.line("To use the cluster:");
    terminal.line("  export KUBECONFIG=" + Shell.quoted(kubeconfig));
    terminal.line("  ./plinth kubectl get addons -A");
    terminal.line(
        "Ctrl-C stops the server; the cluster stays, and the next start goes on with it.");
  }

  /** Until {@link StopSignal} interrupts. */
  private static void awaitStop() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // This is how a server is told to stop, and ends well.
    }
  }

  /** A server that is alone has nothing to tell of others. */
  private static List<ServersInCluster.Server> others(Cluster cluster) {
    try {
      List<ServersInCluster.Server> all =
          new ServersInCluster(cluster.client(), InstantSource.system()).list();
      return all.size() > 1 ? all : List.of();
    } catch (KubernetesClientException e) {
      // The add-ons tell what is the matter.
      return List.of();
    }
  }

  /** That a live server has other settings is a matter of arguments and files: nothing was done. */
  private static int exitCode(AddonReport report) {
    if (report.addons().stream().anyMatch(it -> it.reason().equals("SettingsDiffer"))) {
      return ExitCode.USAGE;
    }
    return report.ready() ? ExitCode.OK : ExitCode.NOT_READY;
  }
}
