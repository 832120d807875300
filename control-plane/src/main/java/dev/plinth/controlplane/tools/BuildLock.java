package dev.plinth.controlplane.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Lets one build go on at a time, among the threads of this JVM and among processes. */
final class BuildLock {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private BuildLock() {}

  /**
   * Waits for the lock.
   *
   * @param waiting told once if somebody else has it
   * @throws ToolException if it is still taken when the patience ends
   */
  static LockFile acquire(Path file, Duration patience, Runnable waiting)
      throws IOException, InterruptedException {
    Files.createDirectories(file.getParent());
    long deadline = System.nanoTime() + patience.toNanos();
    boolean told = false;
    while (true) {
      Optional<LockFile> lock = LockFile.tryLock(file);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new ToolException("Another build has held " + file + " for more than " + patience);
      }
      if (!told) {
        waiting.run();
        told = true;
      }
      // The lock of a file can be waited for, but not with a limit, and not within one JVM.
      TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
    }
  }
}
