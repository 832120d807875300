package dev.plinth.examples.server;

import dev.plinth.config.Option;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Writes what a shell needs to complete commands and flags. */
@Command(
    name = "completion",
    description = {
      "Writes a script that lets bash, or zsh with bashcompinit, complete commands and flags:",
      "  source <(./plinth completion)"
    },
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {

  private final Terminal terminal;

  CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    CommandLine commands = Main.commandLine(terminal);
    ServerHelp.COMMANDS.forEach(it -> addFlags(commands.getSubcommands().get(it)));
    terminal.document(AutoComplete.bash("plinth", commands));
    return ExitCode.OK;
  }

  /** The flags that the command leaves to Plinth's own reading. */
  private static void addFlags(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    for (Option<?> option : ServerHelp.knownOptions()) {
      OptionSpec.Builder flag =
          OptionSpec.builder("--" + option.name())
              .type(String.class)
              .arity(option.isFlag() ? "0" : "1");
      if (option == LauncherOptions.OUTPUT) {
        flag.completionCandidates(List.of("table", "json", "yaml"));
      }
      spec.addOption(flag.build());
    }
  }
}
