package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.values.Owner;

/**
 * Why a chart can not be installed as it is. Never holds a value.
 *
 * @param owner whose user has to mend it
 * @param reason one word in CamelCase, for conditions and events
 * @param message object, field, what was found and what was expected
 */
record InputProblem(Owner owner, String reason, String message) {

  /** Values that are not understood. */
  static final String INVALID_VALUES = "InvalidValues";

  /** Another field that is not understood. */
  static final String INVALID_FIELD = "InvalidField";

  /** A Secret, a ConfigMap, or a key of one, that is not there. */
  static final String MISSING_REFERENCE = "MissingReference";

  /** A Secret or a ConfigMap that has something else in it than is asked for. */
  static final String INVALID_REFERENCE = "InvalidReference";

  /** A Secret or a ConfigMap that can not be read. */
  static final String UNREADABLE_REFERENCE = "UnreadableReference";

  InputProblem {
    requireNonNull(owner, "owner");
    requireNonNull(reason, "reason");
    requireNonNull(message, "message");
  }
}
