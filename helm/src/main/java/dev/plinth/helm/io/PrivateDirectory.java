package dev.plinth.helm.io;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A directory that only its owner may enter (0700), with files that only he may read (0600). On
 * file systems without such modes, the rights are what the system gives.
 */
public final class PrivateDirectory {

  private static final Set<PosixFilePermission> ENTER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> READ = PosixFilePermissions.fromString("rw-------");

  private final Path path;

  private PrivateDirectory(Path path) {
    this.path = path;
  }

  /**
   * Opens a directory, and makes it and its parents if they are not there.
   *
   * @throws IOException if that is impossible
   */
  public static PrivateDirectory at(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      if (absolute.getParent() != null && !Files.isDirectory(absolute.getParent())) {
        at(absolute.getParent());
      }
      try {
        Files.createDirectory(absolute, modes(absolute, ENTER));
      } catch (java.nio.file.FileAlreadyExistsException e) {
        if (!Files.isDirectory(absolute)) {
          throw e;
        }
      }
    }
    return new PrivateDirectory(absolute);
  }

  /** A new directory with an unused name in this one. */
  public PrivateDirectory unique(String prefix) throws IOException {
    return new PrivateDirectory(Files.createTempDirectory(path, prefix, modes(path, ENTER)));
  }

  /** A directory in this one, made if it is not there. */
  public PrivateDirectory directory(String name) throws IOException {
    return at(path.resolve(name));
  }

  public Path path() {
    return path;
  }

  /** Where a file of this name is, or would be. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /**
   * Writes a file, new or in place of another one: a reader sees the old content or the new one.
   *
   * @return the file
   */
  public Path write(String name, byte[] content) throws IOException {
    Path temporary = temporary();
    try {
      Files.write(temporary, content);
      return moveIn(temporary, name);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** An empty file that only the owner may read, to be filled and {@linkplain #moveIn moved}. */
  public Path temporary() throws IOException {
    return Files.createTempFile(path, ".", ".tmp", modes(path, READ));
  }

  /** Gives a {@link #temporary()} file its name. */
  public Path moveIn(Path temporary, String name) throws IOException {
    return Files.move(
        temporary,
        path.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Deletes the directory with all that is in it; symbolic links are deleted, not followed. */
  public void delete() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static FileAttribute<?>[] modes(Path path, Set<PosixFilePermission> permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }
}
