package dev.plinth.controlplane.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that has one holder at a time, among threads and among processes. The operating system
 * takes it from a process that ends.
 */
public final class LockFile implements AutoCloseable {
  /**
   * The operating system drops a process's lock as soon as the process closes any handle of the
   * file. What this process holds must therefore be known before the file is opened.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path key;
  private final FileChannel channel;

  private LockFile(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /**
   * Locks a file, which is created if missing and stays when it is unlocked.
   *
   * @param file in a directory that exists
   * @return empty if somebody else holds it
   */
  public static Optional<LockFile> tryLock(Path file) throws IOException {
    Path key = file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName());
    if (!HELD.add(key)) {
      return Optional.empty();
    }
    LockFile candidate = null;
    boolean locked = false;
    try {
      candidate = new LockFile(key, open(file));
      locked = candidate.channel.tryLock() != null;
      return locked ? Optional.of(candidate) : Optional.empty();
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // held through this class as another class loader has it
    } finally {
      if (candidate == null) {
        HELD.remove(key);
      } else if (!locked) {
        candidate.close();
      }
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(key);
    }
  }
}
