package dev.plinth.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Files that only their owner may read, 0600 in 0700, each replaced as a whole or not at all. The
 * modes apply to what is made here, where the file system has modes.
 */
class PrivateFiles {

  private static final String TEMPORARY = ".plinth-tmp";

  /**
   * @return the content; empty if there is no such file
   */
  Optional<byte[]> read(Path file) {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StagingException("read", file, e);
    }
  }

  /**
   * @return whether it was made, as opposed to being there
   */
  boolean createDirectory(Path directory) {
    try {
      Files.createDirectory(directory, mode(directory, "rwx------"));
      return true;
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(directory)) {
        return false;
      }
      throw new StagingException("create the directory", directory, e);
    } catch (IOException e) {
      throw new StagingException("create the directory", directory, e);
    }
  }

  /** Writes a new file or replaces one; a symbolic link is replaced, not followed. */
  void write(Path file, byte[] content) {
    replace(file, writeTemporary(file, content));
  }

  /** Deletes what a write that was cut short has left. */
  void deleteTemporary(Path file) {
    delete(temporary(file));
  }

  /** Deletes a file or a symbolic link; it need not be there. */
  void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StagingException("delete", file, e);
    }
  }

  /**
   * @return whether it is gone
   */
  boolean deleteDirectoryIfEmpty(Path directory) {
    try {
      Files.deleteIfExists(directory);
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    } catch (IOException e) {
      throw new StagingException("delete", directory, e);
    }
  }

  Path writeTemporary(Path file, byte[] content) {
    Path temporary = temporary(file);
    deleteTemporary(file);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            mode(temporary, "rw-------"))) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      // Before the rename, or a loss of power could leave an empty file under the final name.
      channel.force(true);
      return temporary;
    } catch (IOException e) {
      throw new StagingException("write", file, e);
    }
  }

  void replace(Path file, Path temporary) {
    try {
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncDirectory(file.getParent());
    } catch (IOException e) {
      throw new StagingException("write", file, e);
    }
  }

  /** So that after a loss of power no later write is there without an earlier one. */
  private static void syncDirectory(Path directory) throws IOException {
    if (hasModes(directory)) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /**
   * A file that starts with a dot is no manifest; one name per file leaves one leftover at most.
   */
  private static Path temporary(Path file) {
    return file.resolveSibling("." + file.getFileName() + TEMPORARY);
  }

  private static FileAttribute<?>[] mode(Path path, String permissions) {
    return hasModes(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean hasModes(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
