package dev.plinth.helm.chart;

/** A file is no chart archive, or not one that is safe to read. The message says why. */
public final class InvalidChartException extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidChartException(String message) {
    super(message);
  }

  InvalidChartException(String message, Throwable cause) {
    super(message, cause);
  }
}
