package dev.plinth.helm.source;

/**
 * A chart can't be had. The message names the address, without credentials, what was found there
 * and what was expected.
 */
public final class ChartSourceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean unreachable;

  ChartSourceException(String message) {
    this(message, null, false);
  }

  ChartSourceException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private ChartSourceException(String message, Throwable cause, boolean unreachable) {
    super(message, cause);
    this.unreachable = unreachable;
  }

  static ChartSourceException unreachable(String message, Throwable cause) {
    return new ChartSourceException(message, cause, true);
  }

  /** The same failure, told in a larger frame. */
  ChartSourceException toldAs(String message) {
    return new ChartSourceException(message, this, unreachable);
  }

  /** Whether nobody answered: the same request may succeed later. */
  public boolean isUnreachable() {
    return unreachable;
  }
}
