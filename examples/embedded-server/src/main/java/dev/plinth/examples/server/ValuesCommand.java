package dev.plinth.examples.server;

import com.google.common.base.Throwables;
import dev.plinth.helm.controller.ClusterValues;
import dev.plinth.helm.controller.UnusableChartException;
import dev.plinth.helm.values.ValuesReport;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells the effective values of a HelmChart, and where each came from. */
@Command(
    name = "values",
    description = {
      "Shows the effective values of a HelmChart with the source of each: the chart, the HelmChart,"
          + " its HelmChartConfig, or a Secret, whose values are not shown.",
      "The cluster is that of --kubeconfig, else of the variable KUBECONFIG, else of the data"
          + " directory."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the values are shown",
      "1:there is no such HelmChart, or its values cannot be merged",
      "2:arguments are wrong"
    })
final class ValuesCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private ClusterOptions options;

  @Parameters(paramLabel = "NAME", description = "Name of the HelmChart, such as traefik.")
  private String name;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "kube-system",
      description = "Namespace of the HelmChart (default kube-system).")
  private String namespace;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, a line for each value, json or yaml (default table).")
  private OutputFormat output;

  ValuesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Path kubeconfig = options.kubeconfig(System.getenv());
    try (Logging logging = Logging.to(terminal);
        ExternalCluster cluster = ExternalCluster.of(kubeconfig)) {
      ValuesReport report =
          new ClusterValues(cluster.client(), options.dataDirectory()).read(namespace, name);
      report.notices().forEach(it -> terminal.line("warning: " + it));
      terminal.document(
          output.render(() -> String.join("\n", report.lines()) + "\n", report::toJson));
      return ExitCode.OK;
    } catch (UnusableChartException e) {
      e.getMessage().lines().forEach(it -> terminal.line("plinth: " + it));
      return ExitCode.NOT_READY;
    } catch (KubernetesClientException e) {
      terminal.line(
          "plinth: no values from the cluster of %s: %s"
              .formatted(kubeconfig, Throwables.getRootCause(e).getMessage()));
      return ExitCode.NOT_READY;
    }
  }
}
