package dev.plinth;

import dev.plinth.addon.Selection;
import dev.plinth.report.AddonReport;
import java.time.Duration;

/** A running Plinth. Thread-safe. */
public interface PlinthServer extends AutoCloseable {

  /** Which add-ons run and which do not, and why. */
  Selection selection();

  /** How things stand now. */
  AddonReport status();

  /**
   * Waits until every add-on has settled: READY, FAILED, DISABLED or BLOCKED.
   *
   * @param timeout how long at most
   * @return how things stand then; {@link AddonReport#ready()} tells whether all is well
   * @throws InterruptedException if interrupted while waiting
   */
  AddonReport awaitReady(Duration timeout) throws InterruptedException;

  /** Stops all work and leaves the cluster as it is. Returns when no thread is left. */
  @Override
  void close();
}
