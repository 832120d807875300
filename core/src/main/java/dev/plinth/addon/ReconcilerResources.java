package dev.plinth.addon;

/** What reconcilers hold and what has to end with them: engines, watches, files. */
public interface ReconcilerResources extends AutoCloseable {

  /** Nothing. */
  ReconcilerResources NONE = () -> {};

  /**
   * Waits for work that must not be cut off in the middle, within limits of its own. Called at the
   * close, when no reconciliation begins any more; those that still run a second after this has
   * returned are interrupted.
   *
   * @throws InterruptedException if whoever closes is interrupted
   */
  default void settle() throws InterruptedException {}

  /** Ends them; no reconciliation runs any more. */
  @Override
  void close();
}
