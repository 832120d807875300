package dev.plinth.controlplane;

import dev.plinth.controlplane.tools.LockFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one control plane, which only the user can read, and of which only one control plane
 * at a time can make use. A temporary one goes when it is closed.
 */
final class DataDirectory implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
  private static final String TEMPORARY = "plinth-control-plane-";
  private static final String LOCK = "lock";
  private static final String TAKEN = "taken";

  private final Path root;
  private final boolean temporary;
  private final LockFile lock;

  private DataDirectory(Path root, boolean temporary, LockFile lock) {
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
    if (wanted.isEmpty()) {
      Path parent = Path.of(System.getProperty("java.io.tmpdir"));
      deleteAbandoned(parent);
      return open(Files.createTempDirectory(parent, TEMPORARY), true);
    }
    return open(Files.createDirectories(wanted.get().toAbsolutePath()), false);
  }

  private static DataDirectory open(Path root, boolean temporary) throws IOException {
    Files.setPosixFilePermissions(root, OWNER_ONLY);
    LockFile lock =
        LockFile.tryLock(root.resolve(LOCK))
            .orElseThrow(
                () ->
                    new ControlPlaneException(
                        "Another control plane uses the data directory " + root));
    if (temporary) {
      Files.createFile(root.resolve(TAKEN));
    }
    return new DataDirectory(root, temporary, lock);
  }

  /** A JVM that is killed leaves its temporary directory: the next one that comes removes it. */
  private static void deleteAbandoned(Path parent) throws IOException {
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, TEMPORARY + "*")) {
      for (Path directory : directories) {
        // Without this file, it may be new, and its lock free because it was not yet taken.
        if (Files.isWritable(directory) && Files.exists(directory.resolve(TAKEN))) {
          deleteIfAbandoned(directory);
        }
      }
    }
  }

  private static void deleteIfAbandoned(Path directory) {
    try (LockFile lock = LockFile.tryLock(directory.resolve(LOCK)).orElse(null)) {
      if (lock != null) {
        delete(directory);
      }
    } catch (IOException e) {
      // Its processes may be about to end, or somebody else removes it too: no harm for us.
      LOG.debug("Can not delete the abandoned directory {}", directory, e);
    }
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

  /** What all simulated pods have logged so far. */
  Path podLog() throws IOException {
    return directory("nodes").resolve("pod.log");
  }

  /** What containers of simulated pods logged before they ended and were started anew. */
  Path previousPodLog() throws IOException {
    return directory("nodes").resolve("pod.previous.log");
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

          /** Somebody may have been quicker, such as etcd with its old snapshots. */
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
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
