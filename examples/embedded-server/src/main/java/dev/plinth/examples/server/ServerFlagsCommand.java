package dev.plinth.examples.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** A command that takes the flags of {@code server}. */
abstract class ServerFlagsCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  /** Left to Plinth's own reading of flags, which knows K3s's rules. */
  @Unmatched private List<String> arguments = new ArrayList<>();

  /**
   * What the flags and the environment say.
   *
   * @throws dev.plinth.config.ConfigurationException if something given cannot be used
   * @throws UsageException if there is an argument that nobody knows
   */
  final ServerSetup readSetup() {
    return ServerSetup.read(arguments, System.getenv());
  }
}
