package dev.plinth.addon;

import static java.util.Objects.requireNonNull;

/**
 * Why an add-on leaves the cluster as it is for now.
 *
 * @param reason one CamelCase word
 * @param message one line: what was found, what would be done, and how to allow it
 */
public record Obstacle(String reason, String message) {

  public Obstacle {
    requireNonNull(reason, "reason");
    requireNonNull(message, "message");
  }
}
