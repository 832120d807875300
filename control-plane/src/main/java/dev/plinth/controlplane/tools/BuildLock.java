package dev.plinth.controlplane.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Lets one build go on at a time, among the threads of this JVM and among processes. A process that
 * is killed gives its lock back.
 */
final class BuildLock implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final FileChannel channel;

  private BuildLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @param waiting told once if somebody else has it
   * @throws ToolException if it is still taken when the patience ends
   */
  static BuildLock acquire(Path file, Duration patience, Runnable waiting)
      throws IOException, InterruptedException {
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      long deadline = System.nanoTime() + patience.toNanos();
      boolean told = false;
      while (!isLocked(channel)) {
        if (System.nanoTime() - deadline > 0) {
          throw new ToolException("Another build holds " + file + " since " + patience);
        }
        if (!told) {
          waiting.run();
          told = true;
        }
        // A file lock can be waited for, but not with a limit, and not within one JVM.
        TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
      }
      return new BuildLock(channel);
    } catch (IOException | InterruptedException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // a thread of this JVM has it
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
