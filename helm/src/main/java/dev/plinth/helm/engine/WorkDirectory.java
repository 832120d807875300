package dev.plinth.helm.engine;

import dev.plinth.helm.io.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where operations have their files, and what is left there of operations that were cut off. */
final class WorkDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(WorkDirectory.class);

  static final String OPERATION = "operation-";
  static final String OWNER = "owner";
  static final String CHILD = "child";

  /** Helm marks its release as failed when it is asked to end; then there is no more to do. */
  private static final long SECONDS_TO_END = 10;

  private final PrivateDirectory directory;

  private WorkDirectory(PrivateDirectory directory) {
    this.directory = directory;
  }

  /**
   * Opens the directory; ends processes of owners that are dead, deletes their files.
   *
   * @throws IOException if there can't be such a directory
   */
  static WorkDirectory open(Path path) throws IOException {
    WorkDirectory work = new WorkDirectory(PrivateDirectory.at(path));
    work.sweep();
    return work;
  }

  OperationDirectory operation() throws IOException {
    return OperationDirectory.in(directory);
  }

  /** A directory that lasts, for what Helm caches. */
  Path cache(String name) throws IOException {
    return directory.directory(name).path();
  }

  Path path() {
    return directory.path();
  }

  private void sweep() throws IOException {
    List<Path> operations;
    try (Stream<Path> files = Files.list(directory.path())) {
      operations =
          files.filter(file -> file.getFileName().toString().startsWith(OPERATION)).toList();
    }
    for (Path operation : operations) {
      if (mark(operation, OWNER).flatMap(ProcessMark::alive).isEmpty()) {
        mark(operation, CHILD).flatMap(ProcessMark::alive).ifPresent(WorkDirectory::end);
        PrivateDirectory.at(operation).delete();
        LOG.info("Deleted {}, which an operation that was cut off has left", operation);
      }
    }
  }

  private static Optional<ProcessMark> mark(Path operation, String file) throws IOException {
    try {
      return ProcessMark.parse(Files.readString(operation.resolve(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static void end(ProcessHandle orphan) {
    LOG.warn("Helm, process {}, has outlived its starter and is ended", orphan.pid());
    orphan.destroy();
    try {
      orphan.onExit().get(SECONDS_TO_END, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      orphan.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      orphan.destroyForcibly();
    }
  }
}
