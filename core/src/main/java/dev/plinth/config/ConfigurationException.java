package dev.plinth.config;

/**
 * A configuration that cannot be used. The message is for the operator: it says where (file and
 * line, flag or variable), what was found and what was expected, and shows no secret.
 */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ConfigurationException(String message) {
    super(message);
  }

  ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
