package dev.plinth.examples.server;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that look at a running cluster. */
final class ClusterOptions {

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "The kubeconfig of the cluster.")
  private Path kubeconfig;

  @Mixin private DataDirOption dataDir;

  /** The file that names the cluster: the option, the variable KUBECONFIG, the data directory's. */
  Path kubeconfig(Map<String, String> environment) {
    String variable = environment.getOrDefault("KUBECONFIG", "");
    if (kubeconfig != null) {
      return kubeconfig.toAbsolutePath().normalize();
    }
    return variable.isEmpty()
        ? DataDirectory.kubeconfigIn(dataDir.path())
        : Path.of(variable).toAbsolutePath().normalize();
  }

  /** The server's, absolute. */
  Path dataDirectory() {
    return dataDir.path();
  }
}
