package dev.plinth.addon;

import java.util.Optional;

/** Asks an add-on to show that it works, once all its objects are healthy. */
@FunctionalInterface
public interface FunctionalProbe {

  /**
   * Probes once; called again with back-off until it passes. Must return within a few seconds and
   * heed interruption.
   *
   * @return empty if the add-on works, else one line that says what does not
   * @throws InterruptedException if interrupted while probing
   */
  Optional<String> probe(AddonContext context) throws InterruptedException;
}
