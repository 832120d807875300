package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.manifest.ObjectReference;

/**
 * Where one object of a release stands.
 *
 * @param reason one CamelCase word
 * @param message one line, what is wrong in the object's own words; empty if nothing is
 */
record ObjectHealth(ObjectReference object, State state, String reason, String message) {

  /** From the best to the worst. */
  enum State {
    /** It is as declared and does its work. */
    CURRENT,
    /** It is not known yet. */
    UNKNOWN,
    /** It is on the way, or time may help. */
    IN_PROGRESS,
    /** It will not get there by itself. */
    FAILED
  }

  ObjectHealth {
    requireNonNull(object, "object");
    requireNonNull(state, "state");
    requireNonNull(reason, "reason");
    requireNonNull(message, "message");
  }

  /** {@code Kind namespace/name: message}. */
  String describe() {
    return object + ": " + (message.isEmpty() ? reason : message);
  }
}
