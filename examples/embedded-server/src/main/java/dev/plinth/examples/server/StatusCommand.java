package dev.plinth.examples.server;

import com.google.common.base.Throwables;
import dev.plinth.report.AddonReport;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells how the add-ons of a running cluster stand. */
@Command(
    name = "status",
    description = {
      "Shows the add-ons of a cluster, as their Addon resources tell; disabled ones have none.",
      "The cluster is that of --kubeconfig, else of the variable KUBECONFIG, else of the data"
          + " directory."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "The kubeconfig of the cluster.")
  private Path kubeconfig;

  @Mixin private DataDirOption dataDir;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "Form of the report: table or json (default table).")
  private OutputFormat output;

  StatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path file = kubeconfigOf(System.getenv());
    try (Logging logging = Logging.to(terminal);
        ExternalCluster cluster = ExternalCluster.of(file)) {
      AddonReport report = new AddonsInCluster(cluster.client(), InstantSource.system()).report();
      terminal.document(output.render(new ServerReport(report, file, false)));
      return report.ready() ? ExitCode.OK : ExitCode.NOT_READY;
    } catch (KubernetesClientException e) {
      terminal.line("plinth: no report from the cluster of %s: %s".formatted(file, causeOf(e)));
      return ExitCode.NOT_READY;
    }
  }

  private Path kubeconfigOf(Map<String, String> environment) {
    String variable = environment.getOrDefault("KUBECONFIG", "");
    if (kubeconfig != null) {
      return kubeconfig.toAbsolutePath().normalize();
    }
    return variable.isEmpty()
        ? DataDirectory.kubeconfigIn(dataDir.path())
        : Path.of(variable).toAbsolutePath().normalize();
  }

  /** The client wraps what is wrong in what it was doing. */
  private static String causeOf(KubernetesClientException e) {
    if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
      return "it has no Addon resources, so no server with packaged components has run there";
    }
    return String.valueOf(Throwables.getRootCause(e).getMessage());
  }
}
