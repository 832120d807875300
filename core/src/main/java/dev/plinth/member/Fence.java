package dev.plinth.member;

/** Whether this server may still write. Thread-safe; asking costs no request and no lock. */
public interface Fence {

  /** Always open: for one who shares the cluster with nobody. */
  Fence OPEN = () -> true;

  /** Whether writing is allowed now. */
  boolean holds();

  /**
   * Asked right before a write.
   *
   * @throws NotPermittedException if writing is not allowed now
   */
  default void check() {
    if (!holds()) {
      throw new NotPermittedException();
    }
  }
}
