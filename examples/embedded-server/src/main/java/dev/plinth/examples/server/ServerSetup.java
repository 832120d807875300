package dev.plinth.examples.server;

import com.google.common.collect.Iterables;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ConfigurationReader;
import dev.plinth.config.KnownFlags;
import dev.plinth.config.OptionOwner;
import dev.plinth.config.ServerConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a server is to be like, read from arguments, environment and configuration files.
 *
 * @param config the configuration
 * @param addons the add-ons on the class path
 * @param dataDirIsGiven false if the data directory is the default
 */
record ServerSetup(ServerConfig config, AddonCatalog addons, boolean dataDirIsGiven) {

  /** Stands for a data directory that nobody named; no user can name it. */
  private static final Path NOWHERE = Path.of("/plinth\u0001nowhere");

  /**
   * Reads everything. Unlike K3s, no file is looked for that was not named.
   *
   * @throws dev.plinth.config.ConfigurationException if something given cannot be used
   * @throws UsageException if there is an argument that nobody knows
   */
  static ServerSetup read(List<String> arguments, Map<String, String> environment) {
    AddonCatalog addons = AddonCatalog.discover();
    Iterable<OptionOwner> owners = ownersWith(addons);
    String[] args = arguments.toArray(String[]::new);
    ConfigurationReader reader = ConfigurationReader.of(owners).withEnvironment(environment);
    ServerConfig config = reader.withDefaultDataDir(NOWHERE).read(args);
    boolean given = !config.dataDir().equals(NOWHERE);
    if (!given) {
      config = reader.withDefaultDataDir(DataDirectory.defaultFor(environment)).read(args);
    }
    refuseUnknown(config.remainingArguments(), KnownFlags.of(owners));
    return new ServerSetup(config, addons, given);
  }

  /** Who declares options: the add-ons and the launcher. */
  Iterable<OptionOwner> owners() {
    return ownersWith(addons);
  }

  /**
   * The kubeconfig of the cluster that runs: the one that is named, else that of the data
   * directory.
   */
  Path kubeconfig() {
    return config
        .option(LauncherOptions.KUBECONFIG)
        .orElseGet(() -> DataDirectory.kubeconfigIn(config.dataDir()));
  }

  private static Iterable<OptionOwner> ownersWith(AddonCatalog addons) {
    return Iterables.concat(addons, List.of(new LauncherOptions()));
  }

  private static void refuseUnknown(List<String> unknown, KnownFlags known) {
    if (unknown.isEmpty()) {
      return;
    }
    String argument = unknown.get(0).replaceFirst("(?s)=.*", "");
    throw new UsageException(
        "unknown argument '%s'%s"
            .formatted(
                argument, known.nearest(argument).map("; did you mean %s?"::formatted).orElse("")));
  }
}
