package dev.plinth.deploy;

/**
 * A condition of an Addon.
 *
 * @param status whether it holds
 * @param reason one CamelCase word
 * @param message one line, without secrets
 */
public record AddonCondition(Status status, String reason, String message) {

  /** Whether a condition holds, in the words of the Kubernetes API. */
  public enum Status {
    /** It holds. */
    TRUE("True"),
    /** It does not, and time alone will not change that. */
    FALSE("False"),
    /** Work is under way. */
    UNKNOWN("Unknown");

    private final String word;

    Status(String word) {
      this.word = word;
    }

    /** The status behind a word of the API; UNKNOWN behind any other. */
    static Status of(String word) {
      return word.equals(TRUE.word) ? TRUE : word.equals(FALSE.word) ? FALSE : UNKNOWN;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** Whether it is True. */
  public boolean holds() {
    return status == Status.TRUE;
  }
}
