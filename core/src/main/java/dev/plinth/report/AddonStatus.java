package dev.plinth.report;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The state of one add-on or one manifest file at a moment.
 *
 * @param name the add-on's name, or the file's path below the manifests directory
 * @param state where it stands
 * @param reason one CamelCase word, e.g. {@code Ready}, {@code ForeignObject}, {@code DisableFlag}
 * @param message one line for a person; names the object and the remedy where there is one; never
 *     holds secrets
 * @param objects number of objects in the cluster that belong to it
 * @param time from the moment the API server answered until the state was reached, or until now
 *     while {@link AddonState#PROGRESSING}
 */
public record AddonStatus(
    String name, AddonState state, String reason, String message, int objects, Duration time) {

  public AddonStatus {
    requireNonNull(name, "name");
    requireNonNull(state, "state");
    requireNonNull(reason, "reason");
    requireNonNull(message, "message");
    requireNonNull(time, "time");
  }

  /** The same at another time. */
  public AddonStatus at(Duration otherTime) {
    return new AddonStatus(name, state, reason, message, objects, otherTime);
  }

  @Override
  public String toString() {
    return "%s %s (%s) %s".formatted(name, state, reason, message);
  }
}
