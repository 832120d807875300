package dev.plinth.controlplane;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The files of one control plane, which only the user can read, and of which only one control plane
 * at a time can make use. A temporary one goes when it is closed.
 */
final class DataDirectory implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path root;
  private final boolean temporary;
  private final FileChannel lock;

  private DataDirectory(Path root, boolean temporary, FileChannel lock) {
    this.root = root;
    this.temporary = temporary;
    this.lock = lock;
  }

  /**
   * Takes possession of a directory.
   *
   * @param wanted the directory, created if missing; a temporary one if empty
   * @throws ControlPlaneException if another control plane uses it
   */
  static DataDirectory open(Optional<Path> wanted) throws IOException {
    Path root =
        wanted.isPresent()
            ? Files.createDirectories(wanted.get().toAbsolutePath())
            : Files.createTempDirectory("plinth-control-plane-");
    Files.setPosixFilePermissions(root, OWNER_ONLY);
    return new DataDirectory(root, wanted.isEmpty(), lock(root));
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(
            root.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            OWNER_ONLY_FILE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Another control plane of this JVM has it, which is no different from another process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new ControlPlaneException("Another control plane uses the data directory " + root);
  }

  Path root() {
    return root;
  }

  boolean isTemporary() {
    return temporary;
  }

  Path kubeconfig() {
    return root.resolve("kubeconfig");
  }

  Path kubeconfig(Component component) throws IOException {
    return directory("credentials").resolve(component.program() + ".kubeconfig");
  }

  /** The name of one more kubeconfig file. */
  Path newKubeconfig() throws IOException {
    return directory("credentials").resolve(UUID.randomUUID() + ".kubeconfig");
  }

  Path tokens() throws IOException {
    return directory("credentials").resolve("tokens.csv");
  }

  Path etcd() throws IOException {
    return directory("etcd");
  }

  Path pki() throws IOException {
    return directory("pki");
  }

  Path auditLog() throws IOException {
    return directory("audit").resolve("audit.log");
  }

  Path auditPolicy() throws IOException {
    return directory("audit").resolve("policy.yaml");
  }

  Path stages() throws IOException {
    return directory("nodes").resolve("stages.yaml");
  }

  Path log(Component component) {
    return root.resolve("logs").resolve(component.program() + ".log");
  }

  /** Makes room for the log of one more run; the one of the last run is kept beside it. */
  Path newLog(Component component) throws IOException {
    Path log = directory("logs").resolve(component.program() + ".log");
    try {
      Files.move(
          log,
          log.resolveSibling(component.program() + ".previous.log"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      return log; // the first run
    }
    return log;
  }

  private Path directory(String name) throws IOException {
    Path directory = Files.createDirectories(root.resolve(name));
    Files.setPosixFilePermissions(directory, OWNER_ONLY);
    return directory;
  }

  /** Writes a file as a whole, which nobody else can read at any moment. */
  static void writePrivately(Path file, String content) throws IOException {
    Path whole =
        Files.createTempFile(file.getParent(), "." + file.getFileName(), "", OWNER_ONLY_FILE);
    try {
      Files.writeString(whole, content);
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (temporary) {
        delete(root);
      }
    } finally {
      lock.close();
    }
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
