package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

/**
 * Something that a request asked for and the engine does in another way, or not at all, without
 * harm to the release.
 *
 * @param field the field of the request, as a HelmChart calls it
 * @param message what was done instead, for people
 */
public record EngineLimit(String field, String message) {
  public EngineLimit {
    requireNonNull(field, "field");
    requireNonNull(message, "message");
  }
}
