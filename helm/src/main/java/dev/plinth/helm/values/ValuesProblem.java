package dev.plinth.helm.values;

import static java.util.Objects.requireNonNull;

/**
 * Something about values that their user should know. Messages name types, keys and places, never
 * values: they may be those of a Secret.
 *
 * @param origin where it is
 * @param path the value, e.g. {@code ports.web}; empty if all of them are meant
 * @param message what was found and what was expected
 */
public record ValuesProblem(Origin origin, String path, String message) {

  public ValuesProblem {
    requireNonNull(origin, "origin");
    requireNonNull(path, "path");
    requireNonNull(message, "message");
  }

  /** {@code origin: path: message}. */
  @Override
  public String toString() {
    return origin + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
