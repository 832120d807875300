package dev.plinth.examples.server;

import com.google.common.base.Throwables;
import dev.plinth.report.AddonReport;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that tell what the Addons of a running cluster say. */
final class ClusterReport {

  @Mixin private ClusterOptions options;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "Form of the report: table, json or yaml (default table).")
  private OutputFormat output;

  /**
   * Reads and tells.
   *
   * @param table what people read
   * @param document what programs read
   * @param good whether all is well
   * @return the exit code
   */
  int tell(
      Terminal terminal,
      Function<ServerReport, String> table,
      Function<ServerReport, ?> document,
      Predicate<AddonReport> good) {
    Path file = options.kubeconfig(System.getenv());
    try (Logging logging = Logging.to(terminal);
        ExternalCluster cluster = ExternalCluster.of(file)) {
      AddonReport report = new AddonsInCluster(cluster.client(), InstantSource.system()).report();
      ServerReport all =
          new ServerReport(
              report,
              new ServersInCluster(cluster.client(), InstantSource.system()).list(),
              file,
              false,
              List.of());
      terminal.document(output.render(() -> table.apply(all), () -> document.apply(all)));
      return good.test(report) ? ExitCode.OK : ExitCode.NOT_READY;
    } catch (KubernetesClientException e) {
      terminal.line("plinth: no report from the cluster of %s: %s".formatted(file, causeOf(e)));
      return ExitCode.NOT_READY;
    }
  }

  /** The client wraps what is wrong in what it was doing. */
  private static String causeOf(KubernetesClientException e) {
    if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
      return "it has no Addon resources, so no server with packaged components has run there";
    }
    return String.valueOf(Throwables.getRootCause(e).getMessage());
  }
}
