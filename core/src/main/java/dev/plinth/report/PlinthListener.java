package dev.plinth.report;

/**
 * Is told what happens while it happens. Called one call at a time, in order, on a thread of
 * Plinth; must return quickly. An exception is logged and changes nothing.
 */
public interface PlinthListener {

  /**
   * The status of an add-on or a file is new or has changed in state, reason, message or object
   * count.
   */
  default void onStatus(AddonStatus status) {}

  /** Something the operator should know that belongs to no add-on alone. */
  default void onWarning(String warning) {}
}
