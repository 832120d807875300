package dev.plinth.diagnosis;

import static java.util.Objects.requireNonNull;

/**
 * A reason why something is not healthy.
 *
 * @param object the object it was seen on, e.g. {@code Pod kube-system/web-5f6d}
 * @param reason one CamelCase word, e.g. {@code ImagePull}
 * @param message one line: what is wrong and, where there is one, the remedy
 * @param terminal whether it stays until somebody does something; if not, time may help
 */
public record Cause(String object, String reason, String message, boolean terminal) {

  public Cause {
    requireNonNull(object, "object");
    requireNonNull(reason, "reason");
    message = message.strip().replaceAll("\\s*\\R\\s*", " | ");
  }

  /** {@code object: message}. */
  public String describe() {
    return object + ": " + message;
  }
}
