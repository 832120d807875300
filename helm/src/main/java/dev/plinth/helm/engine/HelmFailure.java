package dev.plinth.helm.engine;

/** Helm has ended with an error. The message is Helm's, values and all: it is to be redacted. */
final class HelmFailure extends Exception {
  private static final long serialVersionUID = 1L;

  HelmFailure(String message) {
    super(message);
  }

  HelmFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
