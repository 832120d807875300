package dev.plinth.helm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plinth.helm.io.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of one operation: they may hold secrets, and are deleted at its end. */
final class OperationDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OperationDirectory.class);

  private final PrivateDirectory directory;

  private OperationDirectory(PrivateDirectory directory) {
    this.directory = directory;
  }

  static OperationDirectory in(PrivateDirectory parent) throws IOException {
    OperationDirectory operation = new OperationDirectory(parent.unique(WorkDirectory.OPERATION));
    operation.write(WorkDirectory.OWNER, ProcessMark.of(ProcessHandle.current()));
    return operation;
  }

  Path path() {
    return directory.path();
  }

  Path file(String name) {
    return directory.file(name);
  }

  Path write(String name, byte[] content) throws IOException {
    return directory.write(name, content);
  }

  /** Remembers a process that works in here, for whoever finds the directory after our death. */
  void remember(Process child) throws IOException {
    write(WorkDirectory.CHILD, ProcessMark.of(child.toHandle()));
  }

  private void write(String name, ProcessMark mark) throws IOException {
    write(name, mark.text().getBytes(UTF_8));
  }

  @Override
  public void close() {
    try {
      directory.delete();
    } catch (IOException e) {
      LOG.warn("Can not delete {}, which may hold secrets: {}", directory.path(), e.toString());
    }
  }
}
