package dev.plinth.helm.release;

/** A stored release is not what Helm writes. The message names the object and holds no content. */
public final class UnreadableReleaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableReleaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
