package dev.plinth.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Keeps a second live writer out of a data directory. The lock ends with the process, however that
 * ends.
 */
final class DataDirectoryLock implements AutoCloseable {

  private static final String FILE = ".plinth.lock";

  private final FileChannel channel;

  private DataDirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a data directory, making the directory if there is none.
   *
   * @throws DataDirectoryInUseException if somebody has it, in this process or another
   * @throws UncheckedIOException if the directory cannot be written
   */
  static DataDirectoryLock acquire(Path dataDir) {
    Path server = dataDir.resolve("server");
    try {
      makePrivate(server);
      FileChannel channel =
          FileChannel.open(
              server.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean locked = false;
      try {
        locked = isLocked(channel);
      } finally {
        if (!locked) {
          channel.close();
        }
      }
      if (!locked) {
        throw new DataDirectoryInUseException(dataDir);
      }
      return new DataDirectoryLock(channel);
    } catch (IOException e) {
      throw new UncheckedIOException("data directory %s: %s".formatted(dataDir, e), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the lock that lives as long as the channel, if it is free. */
  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another server in this very process has it: the same answer as another process.
      return false;
    }
  }

  /** Makes a directory that only its owner may read, and those above it, unless they are there. */
  static void makePrivate(Path directory) throws IOException {
    Files.createDirectories(directory, privateDirectory(directory));
  }

  private static FileAttribute<?>[] privateDirectory(Path directory) {
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }
}
