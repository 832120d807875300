package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.release.Release;
import java.util.List;
import java.util.Optional;

/** How an operation ended. Messages hold no values of the request. */
public sealed interface Outcome {

  /** What was done in another way than asked for. */
  List<EngineLimit> limits();

  /** The last revision of the release after the operation; empty if there is none. */
  Optional<Release> release();

  /** Whether all was done. */
  default boolean isDone() {
    return this instanceof Done;
  }

  /** All was done. */
  record Done(Optional<Release> release, List<EngineLimit> limits) implements Outcome {
    public Done {
      requireNonNull(release, "release");
      limits = List.copyOf(limits);
    }
  }

  /**
   * Helm has failed, at the beginning or in the middle.
   *
   * @param message why, in Helm's own words
   */
  record Failed(String message, Optional<Release> release, List<EngineLimit> limits)
      implements Outcome {
    public Failed {
      requireNonNull(message, "message");
      requireNonNull(release, "release");
      limits = List.copyOf(limits);
    }
  }

  /**
   * The engine has not begun: it can not do what is asked for, is busy with the release or closed.
   *
   * @param message what is refused, and who could do it
   */
  record Refused(String message) implements Outcome {
    public Refused {
      requireNonNull(message, "message");
    }

    @Override
    public List<EngineLimit> limits() {
      return List.of();
    }

    @Override
    public Optional<Release> release() {
      return Optional.empty();
    }
  }
}
