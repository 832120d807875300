package dev.plinth.addon;

/** The set of add-ons is contradictory: a mistake of whoever built the server, found at start. */
public final class InvalidAddonException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public InvalidAddonException(String message) {
    super(message);
  }
}
