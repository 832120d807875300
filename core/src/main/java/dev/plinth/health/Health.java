package dev.plinth.health;

import static java.util.Objects.requireNonNull;

/**
 * The health of one object.
 *
 * @param state its state
 * @param reason one CamelCase word, e.g. {@code LessReplicas}
 * @param message one line for a person; empty if there is nothing to say
 */
public record Health(State state, String reason, String message) {

  /** The states of kstatus, which kubectl and Flux use too. */
  public enum State {
    /** It is as declared and does its work. */
    CURRENT,
    /** It is on the way. */
    IN_PROGRESS,
    /** It will not get there by itself. */
    FAILED,
    /** It is being deleted. */
    TERMINATING
  }

  public Health {
    requireNonNull(state, "state");
    requireNonNull(reason, "reason");
    requireNonNull(message, "message");
  }
}
