package dev.plinth.helm.controller;

/** A HelmChart can't be used; the message says why, one problem in each line, without values. */
public final class UnusableChartException extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableChartException(String message) {
    super(message);
  }

  UnusableChartException(String message, Throwable cause) {
    super(message, cause);
  }
}
