package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** What became of the definitions of a chart. */
sealed interface DefinitionsOutcome {

  /** What people are to know, e.g. of definitions that were left as they are. */
  List<String> notes();

  /**
   * All are served, or somebody else's.
   *
   * @param applied names of those that were created or changed
   */
  record Done(List<String> applied, List<String> notes) implements DefinitionsOutcome {
    public Done {
      applied = List.copyOf(applied);
      notes = List.copyOf(notes);
    }
  }

  /**
   * At least one could not be applied, so the chart must not be installed.
   *
   * @param reason one CamelCase word
   * @param message which, and the server's words
   * @param passing whether trying again may help
   */
  record Failed(String reason, String message, boolean passing, List<String> notes)
      implements DefinitionsOutcome {
    public Failed {
      requireNonNull(reason, "reason");
      requireNonNull(message, "message");
      notes = List.copyOf(notes);
    }
  }
}
