package dev.plinth.member;

/**
 * This server is configured otherwise than a live one of the same cluster in something all servers
 * must agree on. The message names the flags, both values and the other server.
 */
public final class SettingsDifferException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Member other;

  SettingsDifferException(String message, Member other) {
    super(message);
    this.other = other;
  }

  /** The live server it differs from. */
  public Member other() {
    return other;
  }
}
