package dev.plinth.examples.server;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** An example of a Kubernetes server in Java that has its packaged components from Plinth. */
@Command(
    name = "plinth",
    description = "A Kubernetes server with K3s's packaged components, on simulated nodes.",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    subcommands = {
      ServerCommand.class,
      ControlPlaneCommand.class,
      StatusCommand.class,
      FilesCommand.class,
      PlanCommand.class,
      TakeoverCommand.class,
      ReleaseCommand.class,
      ExplainCommand.class,
      ValuesCommand.class,
      ResetCommand.class,
      BuildCommand.class,
      KubectlCommand.class,
      CompletionCommand.class,
      LocateKubectlCommand.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every add-on is READY or DISABLED",
      "1:an add-on is FAILED or BLOCKED, time is over, or the control plane did not start",
      "2:arguments, environment or configuration files are wrong, or differ from those of a live"
          + " server; nothing was started"
    })
final class Main implements Runnable {

  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    StopSignal signal = StopSignal.interrupting(Thread.currentThread());
    signal.exit(commandLine(Terminal.ofProcess()).execute(args));
  }

  /** The whole command line of the launcher, writing to this terminal. */
  static CommandLine commandLine(Terminal terminal) {
    CommandLine commands =
        new CommandLine(new Main(), new CommandFactory(terminal))
            .setExpandAtFiles(false)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler((error, args) -> wrongUsage(error, terminal))
            .setExecutionExceptionHandler((error, command, parsed) -> failed(error, terminal));
    ServerHelp.describeOptions(commands);
    return commands;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int wrongUsage(ParameterException error, Terminal terminal) {
    terminal.line("plinth: " + error.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(error, error.getCommandLine().getErr())) {
      terminal.line(
          "See %s --help".formatted(error.getCommandLine().getCommandSpec().qualifiedName()));
    }
    return ExitCode.USAGE;
  }

  private static int failed(Exception error, Terminal terminal) {
    Failure failure = Failure.of(error);
    terminal.line("plinth: " + failure.message());
    return failure.code();
  }
}
