package dev.plinth.examples.server;

import dev.plinth.addon.Selection;
import dev.plinth.config.ServerConfig;
import picocli.CommandLine.Command;

/** Tells what a start with some flags would make of them, without a cluster. */
@Command(
    name = "explain",
    description = {
      "Tells which add-ons `plinth server` with the same flags would run and why, and every option"
          + " with its value and where that comes from. Needs no cluster, and starts nothing."
    },
    customSynopsis = "plinth explain [flags of server]",
    optionListHeading = "%nFlags, which are keys of the configuration file too:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:told", "2:arguments, environment or configuration files are wrong"})
final class ExplainCommand extends ServerFlagsCommand {

  private final Terminal terminal;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ServerSetup setup = readSetup();
    ServerConfig config = setup.config();
    Selection selection = Selection.of(setup.addons(), config);
    Explanation explanation = Explanation.of(selection, config, setup.owners());
    explanation.warnings().forEach(it -> terminal.line("warning: " + it));
    terminal.document(
        config
            .option(LauncherOptions.OUTPUT)
            .orElseThrow()
            .render(() -> ExplanationTable.render(explanation), () -> explanation));
    return ExitCode.OK;
  }
}
