package dev.plinth.report;

/** Where an add-on, or a user's manifest file, stands. */
public enum AddonState {
  /** Everything is applied and healthy, and the functional probe, if there is one, has passed. */
  READY,
  /** Work is under way: waiting, applying, or applied and not healthy so far. */
  PROGRESSING,
  /** It will not become ready without somebody's help; retried all the same. */
  FAILED,
  /** Switched off by a flag or a {@code .skip} file. */
  DISABLED,
  /** Something it requires is not there. */
  BLOCKED;

  /** True for a state that waiting alone does not end: all but {@link #PROGRESSING}. */
  public boolean settled() {
    return this != PROGRESSING;
  }
}
