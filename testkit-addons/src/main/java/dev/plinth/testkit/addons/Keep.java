package dev.plinth.testkit.addons;

/**
 * What is kept of a cluster when its tests are over: the data directory of the control plane, with
 * all logs, and the namespaces of tests.
 */
enum Keep {
  /** Nothing. */
  NEVER,
  /** Everything if a test has failed, else nothing. */
  ON_FAILURE,
  /** Everything, which the next run goes on with. */
  ALWAYS;

  /**
   * @throws IllegalArgumentException if it is none
   */
  static Keep parse(String text) {
    return switch (text) {
      case "never" -> NEVER;
      case "on-failure" -> ON_FAILURE;
      case "always" -> ALWAYS;
      default ->
          throw new IllegalArgumentException(
              "%s: found '%s', expected never, on-failure or always"
                  .formatted(PlinthExtension.KEEP, text));
    };
  }

  boolean keeps(boolean failed) {
    return this == ALWAYS || (this == ON_FAILURE && failed);
  }
}
