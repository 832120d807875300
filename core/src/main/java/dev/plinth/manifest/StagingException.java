package dev.plinth.manifest;

import java.io.IOException;
import java.nio.file.Path;

/** A file of the data directory could not be read, written or deleted; nothing was lost. */
public final class StagingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Path path;

  StagingException(String action, Path path, IOException cause) {
    super("cannot %s %s: %s".formatted(action, path, cause), cause);
    this.path = path;
  }

  /** The file or directory in question. */
  public Path path() {
    return path;
  }
}
