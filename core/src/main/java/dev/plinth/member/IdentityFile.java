package dev.plinth.member;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file that keeps the UUID of a server, mode 0600. */
final class IdentityFile {

  private static final Logger LOG = LoggerFactory.getLogger(IdentityFile.class);
  private static final String NAME = ".plinth-server-id";

  private final Path file;

  IdentityFile(Path dataDir) {
    this.file = dataDir.resolve("server").resolve(NAME);
  }

  String loadOrCreate() {
    try {
      String known = read();
      if (ServerId.isUuid(known)) {
        return known;
      }
      if (!known.isEmpty()) {
        LOG.warn(
            "{} does not hold the UUID of a server; a new one is made, and the Leases of the old"
                + " one run out",
            file);
      }
      String uuid = UUID.randomUUID().toString();
      write(uuid);
      return uuid;
    } catch (IOException e) {
      throw new UncheckedIOException("identity of the server in %s: %s".formatted(file, e), e);
    }
  }

  private String read() throws IOException {
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      return "";
    } catch (MalformedInputException e) {
      return "?";
    }
  }

  /** As a whole or not at all: half a UUID would be another server. */
  private void write(String uuid) throws IOException {
    Files.createDirectories(file.getParent(), mode("rwx------"));
    Path temporary = file.resolveSibling(NAME + ".tmp");
    Files.deleteIfExists(temporary);
    Files.createFile(temporary, mode("rw-------"));
    // No channel: the thread of a host may be interrupted already, which would close it.
    try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
      out.write((uuid + "\n").getBytes(UTF_8));
      out.getFD().sync();
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private FileAttribute<?>[] mode(String permissions) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
