package dev.plinth.controlplane.tools;

/** A program could not be found or built; the message says which, and what can be done. */
public final class ToolException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ToolException(String message) {
    super(message);
  }

  ToolException(String message, Throwable cause) {
    super(message, cause);
  }
}
