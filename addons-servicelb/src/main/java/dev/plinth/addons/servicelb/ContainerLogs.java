package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/** Tells what a container said before it failed. */
@FunctionalInterface
interface ContainerLogs {

  /**
   * The last lines of a container's run; none if they cannot be had.
   *
   * @param previous whether of the run before the one that the pod's status shows
   */
  List<String> lastLines(Pod pod, String container, boolean previous);
}
