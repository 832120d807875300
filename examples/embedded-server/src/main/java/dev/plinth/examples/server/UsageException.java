package dev.plinth.examples.server;

/**
 * Something in the arguments, the environment or the configuration files is wrong, found before
 * anything was started. The message is all that the user gets to see.
 */
final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
