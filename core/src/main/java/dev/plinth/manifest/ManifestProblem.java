package dev.plinth.manifest;

import static java.util.Objects.requireNonNull;

/**
 * One thing that is wrong with a manifest or a template. Messages name types, keys and positions,
 * never values: what is refused may be a Secret.
 *
 * @param location where
 * @param field the field, e.g. {@code spec.ports[0].name}; empty if the document as a whole, or its
 *     syntax, is meant
 * @param message what was found, what was expected, and what to do
 */
public record ManifestProblem(SourceLocation location, String field, String message) {

  public ManifestProblem {
    requireNonNull(location, "location");
    requireNonNull(field, "field");
    requireNonNull(message, "message");
  }

  /** {@code file:line:column: field: message}. */
  @Override
  public String toString() {
    return field.isEmpty() ? location + ": " + message : location + ": " + field + ": " + message;
  }
}
