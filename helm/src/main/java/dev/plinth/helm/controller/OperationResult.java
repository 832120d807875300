package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.engine.EngineLimit;
import dev.plinth.helm.release.Release;
import java.util.List;
import java.util.Optional;

/** How an operation on a release ended. Messages hold no secret values. */
sealed interface OperationResult {

  /**
   * It was done.
   *
   * @param release the last revision; empty if there is none any more
   * @param limits what the engine did in another way than asked for
   * @param notes what else is to be known
   */
  record Done(Optional<Release> release, List<EngineLimit> limits, List<String> notes)
      implements OperationResult {
    public Done {
      requireNonNull(release, "release");
      limits = List.copyOf(limits);
      notes = List.copyOf(notes);
    }
  }

  /**
   * It was not.
   *
   * @param reason for conditions and events
   * @param message why, in Helm's own words
   */
  record Failed(String reason, String message, List<EngineLimit> limits)
      implements OperationResult {
    public Failed {
      requireNonNull(reason, "reason");
      requireNonNull(message, "message");
      limits = List.copyOf(limits);
    }
  }
}
