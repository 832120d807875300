package dev.plinth.lifecycle;

import java.nio.file.Path;

/** Another live server works with the same data directory. */
public final class DataDirectoryInUseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DataDirectoryInUseException(Path dataDir) {
    super(
        "the data directory %s is in use by another running server; stop that one or choose another --data-dir"
            .formatted(dataDir));
  }
}
