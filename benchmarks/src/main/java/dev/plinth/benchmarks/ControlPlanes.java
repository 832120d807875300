package dev.plinth.benchmarks;

import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import java.time.Duration;

/** The control planes that are measured on. */
final class ControlPlanes {

  private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

  private ControlPlanes() {}

  /** With controllers, scheduler and one simulated node, so that pods become ready. */
  static ControlPlane.Builder complete(Settings settings) {
    return complete(settings, 1);
  }

  /** The same with some nodes. */
  static ControlPlane.Builder complete(Settings settings, int nodes) {
    return builder(settings).nodes(nodes);
  }

  /** An API server and its etcd. */
  static ControlPlane.Builder apiServerOnly(Settings settings) {
    return builder(settings)
        .without(Component.CONTROLLER_MANAGER, Component.SCHEDULER, Component.NODES);
  }

  private static ControlPlane.Builder builder(Settings settings) {
    return ControlPlane.builder().fsync(settings.fsync()).startTimeout(START_TIMEOUT);
  }
}
