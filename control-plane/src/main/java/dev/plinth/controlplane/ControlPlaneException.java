package dev.plinth.controlplane;

/**
 * A control plane could not do what it was asked for. Where a component is the cause, the message
 * ends with the last lines of its log. It never contains a token or a key.
 */
public final class ControlPlaneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ControlPlaneException(String message) {
    super(message);
  }

  ControlPlaneException(String message, Throwable cause) {
    super(message, cause);
  }
}
