package dev.plinth.helm.engine;

import dev.plinth.helm.release.ReleaseName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lets one operation in for each release, and none after it is closed. */
final class OperationGate {
  private final Map<ReleaseName, String> running = new LinkedHashMap<>();
  private boolean closed;

  /**
   * @return why the operation may not begin; null if it may, and then it has to {@link #leave}
   */
  synchronized String enter(ReleaseName release, String operation) {
    if (closed) {
      return "the engine is closed";
    }
    String other = running.putIfAbsent(release, operation);
    return other == null ? null : "its " + other + " is still running";
  }

  synchronized void leave(ReleaseName release) {
    running.remove(release);
    notifyAll();
  }

  synchronized boolean isRunning(ReleaseName release) {
    return running.containsKey(release);
  }

  /**
   * Lets nobody in any more, and waits.
   *
   * @return what is still running after the time
   */
  synchronized List<String> close(Duration patience) throws InterruptedException {
    closed = true;
    long end = System.nanoTime() + patience.toNanos();
    while (!running.isEmpty()) {
      long millis = (end - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        break;
      }
      wait(millis);
    }
    List<String> left = new ArrayList<>();
    running.forEach((release, operation) -> left.add(operation + " of " + release));
    return left;
  }
}
