package dev.plinth.controlplane;

import java.util.Locale;

/** Tells how long things took. Nothing depends on it: machines differ. */
final class Measured {
  private Measured() {}

  static ControlPlane start(String what, ControlPlane.Builder builder) {
    long start = System.nanoTime();
    ControlPlane started = builder.start();
    tell("control plane " + what, start);
    return started;
  }

  static void run(String what, Runnable action) {
    long start = System.nanoTime();
    action.run();
    tell(what, start);
  }

  private static void tell(String what, long start) {
    System.err.printf(
        Locale.ROOT, "[measured] %s: %.2f s%n", what, (System.nanoTime() - start) / 1e9);
  }
}
