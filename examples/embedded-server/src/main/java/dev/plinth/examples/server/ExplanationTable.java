package dev.plinth.examples.server;

import dev.plinth.examples.server.Explanation.AddonLine;
import dev.plinth.examples.server.Explanation.OptionLine;
import java.util.ArrayList;
import java.util.List;

/** An explanation for people. */
final class ExplanationTable {

  private ExplanationTable() {}

  static String render(Explanation explanation) {
    List<List<String>> addons = new ArrayList<>();
    addons.add(List.of("ADD-ON", "STATE", "WHY"));
    for (AddonLine it : explanation.addons()) {
      addons.add(List.of(it.name(), it.state(), it.why()));
    }
    List<List<String>> options = new ArrayList<>();
    options.add(List.of("OPTION", "VALUE", "ORIGIN", "OWNER"));
    for (OptionLine it : explanation.options()) {
      options.add(
          List.of("--" + it.name(), String.join(",", it.values()), it.origin(), it.owner()));
    }
    List<String> lines = new ArrayList<>(Columns.aligned(addons));
    lines.add("");
    lines.addAll(Columns.aligned(options));
    if (!explanation.ignored().isEmpty()) {
      lines.add("");
      lines.add("without effect here: " + String.join(", ", explanation.ignored()));
    }
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }
}
