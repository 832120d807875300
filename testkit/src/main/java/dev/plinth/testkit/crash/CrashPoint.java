package dev.plinth.testkit.crash;

/**
 * A moment at which a process ends.
 *
 * @param write the number of the write, from 1, in the order in which the process sends them
 * @param side on which side of it
 */
public record CrashPoint(int write, Side side) {

  /** Where the process ends. */
  public enum Side {
    /** The write is never sent. */
    BEFORE,
    /** The server has done it, and the process never learns of it. */
    AFTER
  }

  public CrashPoint {
    if (write < 1) {
      throw new IllegalArgumentException("Writes are counted from 1, not " + write);
    }
  }

  @Override
  public String toString() {
    return (side == Side.BEFORE ? "before" : "after") + " write " + write;
  }
}
