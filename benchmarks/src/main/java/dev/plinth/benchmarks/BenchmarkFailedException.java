package dev.plinth.benchmarks;

/** What was to be measured does not work, so that a number would mean nothing. */
final class BenchmarkFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BenchmarkFailedException(String message) {
    super(message);
  }

  /** Throws unless a condition holds. */
  static void unless(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new BenchmarkFailedException(message.formatted(arguments));
    }
  }
}
