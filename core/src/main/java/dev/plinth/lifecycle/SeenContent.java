package dev.plinth.lifecycle;

/**
 * What a server has seen of its own file of an Addon name since it started: whether the content
 * that there is was merely found, or came while the server ran, and so is meant to be in force.
 * Belongs to one loop.
 */
final class SeenContent {

  /** Neither is the checksum of anything. */
  private static final String NEVER_LOOKED = "";

  private static final String NOTHING = "-";

  private String last;
  private boolean changed;

  /**
   * @param sinceStart whether a file was there when the server started: what it holds was found
   */
  SeenContent(boolean sinceStart) {
    last = sinceStart ? NEVER_LOOKED : NOTHING;
  }

  /** The file has been read. */
  void there(String checksum) {
    changed |= !last.equals(NEVER_LOOKED) && !last.equals(checksum);
    last = checksum;
  }

  /** There is no file, or nothing is to be done about it: one that comes is a change. */
  void none() {
    changed = false;
    last = NOTHING;
  }

  /** What there is is in force. */
  void settled() {
    changed = false;
  }

  /** Whether the content came while the server ran, and has not been in force since. */
  boolean changed() {
    return changed;
  }
}
