package dev.plinth.examples.server;

import com.google.common.collect.Iterables;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.KnownFlags;
import dev.plinth.config.Option;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The list of flags in the help of {@code server}: whatever is declared, by whomever. */
final class ServerHelp {

  /** The commands that take the declared flags. */
  static final List<String> COMMANDS = List.of("server", "plan", "explain");

  private static final int FLAG_WIDTH = 36;

  private ServerHelp() {}

  /** Lets the help of those commands list the declared flags. */
  static void describeOptions(CommandLine commands) {
    for (String it : COMMANDS) {
      commands
          .getSubcommands()
          .get(it)
          .getHelpSectionMap()
          .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, ServerHelp::optionList);
    }
  }

  /** The declared flags. */
  static List<Option<?>> knownOptions() {
    return KnownFlags.of(Iterables.concat(AddonCatalog.discover(), List.of(new LauncherOptions())))
        .options();
  }

  private static String optionList(CommandLine.Help help) {
    TextTable table =
        TextTable.forColumns(
            help.colorScheme(),
            new Column(FLAG_WIDTH, 2, Overflow.SPAN),
            new Column(80 - FLAG_WIDTH, 1, Overflow.WRAP));
    knownOptions().forEach(it -> table.addRowValues("--" + it.name() + value(it), explanation(it)));
    return table.toString();
  }

  private static String value(Option<?> option) {
    return option.isFlag() ? "" : option.repeatable() ? " VALUE,..." : " VALUE";
  }

  private static String explanation(Option<?> option) {
    String notes =
        Stream.of(
                option.environment() == null ? "" : "variable " + option.environment(),
                option.defaultText() == null || option.isFlag()
                    ? ""
                    : "default " + option.defaultText())
            .filter(it -> !it.isEmpty())
            .collect(Collectors.joining(", "));
    return option.description() + (notes.isEmpty() ? "" : " (" + notes + ")");
  }
}
