package dev.plinth.health;

import static java.util.Objects.requireNonNull;

import com.google.common.base.CharMatcher;

/**
 * The health of one object.
 *
 * @param state its state
 * @param reason one CamelCase word, e.g. {@code LessReady}
 * @param message one line for a person, line breaks in it are replaced by blanks; empty if there is
 *     nothing to say
 */
public record Health(State state, String reason, String message) {

  private static final CharMatcher LINE_BREAKING =
      CharMatcher.whitespace().or(CharMatcher.javaIsoControl());

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
    // Conditions quote controllers, and these quote servers: their text may have any shape.
    message = LINE_BREAKING.trimAndCollapseFrom(message, ' ');
  }

  /** {@link State#CURRENT}. */
  public static Health current(String reason, String message) {
    return new Health(State.CURRENT, reason, message);
  }

  /** {@link State#IN_PROGRESS}. */
  public static Health inProgress(String reason, String message) {
    return new Health(State.IN_PROGRESS, reason, message);
  }

  /** {@link State#FAILED}. */
  public static Health failed(String reason, String message) {
    return new Health(State.FAILED, reason, message);
  }

  /** {@link State#TERMINATING}. */
  public static Health terminating(String reason, String message) {
    return new Health(State.TERMINATING, reason, message);
  }
}
