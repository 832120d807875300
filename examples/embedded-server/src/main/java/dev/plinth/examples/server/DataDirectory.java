package dev.plinth.examples.server;

import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory that a server keeps everything in, held by one process at a time. Below it lie
 * {@code server/} as in K3s, and the launcher's lock and log.
 */
final class DataDirectory implements AutoCloseable {

  /** In a {@code server/} that the launcher made; {@code reset} deletes no other. */
  private static final String MARKER = ".plinth";

  private static final String LOCK = "plinth.lock";
  private static final Set<PosixFilePermission> PRIVATE =
      EnumSet.copyOf(PosixFilePermissions.fromString("rwx------"));

  private final Path root;
  private final FileChannel lock;

  private DataDirectory(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /** Where a server lies if {@code --data-dir} says nothing; K3s's directory it is never. */
  static Path defaultFor(Map<String, String> environment) {
    // What the shell takes for ~; the JVM's own idea of the home directory does not follow HOME.
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    return Path.of(home, ".local", "share", "plinth");
  }

  /** The administrator's kubeconfig in the data directory at {@code root}, as in K3s. */
  static Path kubeconfigIn(Path root) {
    return root.resolve("server/cred/admin.kubeconfig");
  }

  /**
   * Makes the directory where it is missing, and takes it for this process.
   *
   * @param root the data directory
   * @param given true if the user named it, and so answers for what is in there already
   * @throws UsageException if it cannot be used
   */
  static DataDirectory open(Path root, boolean given) {
    Path server = root.resolve("server");
    Path marker = server.resolve(MARKER);
    if (!given && Files.exists(server) && !Files.exists(marker)) {
      throw new UsageException(
          ("%s was not made by plinth and is left alone; give --data-dir %s if you want it used"
                  + " all the same, or another directory")
              .formatted(server, root));
    }
    try {
      Files.createDirectories(root);
      FileChannel lock = lock(root);
      if (!Files.exists(server)) {
        Files.createDirectory(server, PosixFilePermissions.asFileAttribute(PRIVATE));
        Files.writeString(marker, "This directory was made by plinth.\n");
      }
      return new DataDirectory(root, lock);
    } catch (IOException e) {
      throw new UsageException(
          "data directory %s cannot be used: %s".formatted(root, Reason.of(e)), e);
    }
  }

  /**
   * Deletes what the launcher made in the data directory at {@code root}: the cluster, the
   * manifests, the log.
   *
   * @return false if there was nothing to delete
   * @throws UsageException if the directory is in use or was not made by the launcher
   */
  static boolean reset(Path root) {
    Path server = root.resolve("server");
    if (!Files.exists(server)) {
      return false;
    }
    if (!Files.exists(server.resolve(MARKER))) {
      throw new UsageException(
          "%s was not made by plinth; delete it yourself if you mean it".formatted(server));
    }
    try (DataDirectory directory = open(root, true)) {
      deleteServer(server);
      Files.deleteIfExists(directory.log());
      Files.deleteIfExists(root.resolve(LOCK));
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("could not delete all of " + root + ": " + Reason.of(e), e);
    }
  }

  Path root() {
    return root;
  }

  /** The administrator's kubeconfig. */
  Path kubeconfig() {
    return kubeconfigIn(root);
  }

  /** What the control plane keeps. */
  Path controlPlane() {
    return root.resolve("server/control-plane");
  }

  /** The launcher's log. */
  Path log() {
    return root.resolve("plinth.log");
  }

  /** Lets another process take the directory. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The marker goes last: a reset that was cut short can be repeated. */
  private static void deleteServer(Path server) throws IOException {
    try (Stream<Path> children = Files.list(server)) {
      for (Path child : (Iterable<Path>) children::iterator) {
        if (!child.endsWith(MARKER)) {
          MoreFiles.deleteRecursively(child);
        }
      }
    }
    MoreFiles.deleteRecursively(server);
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(
            root.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        channel.truncate(0);
        channel.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"));
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Another server in this JVM has it: the same answer as for another process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    ByteBuffer holder = ByteBuffer.allocate(32);
    channel.read(holder, 0);
    channel.close();
    throw new UsageException(
        "data directory %s is in use by another plinth (process %s); stop it, or give another --data-dir"
            .formatted(root, StandardCharsets.US_ASCII.decode(holder.flip()).toString().strip()));
  }
}
