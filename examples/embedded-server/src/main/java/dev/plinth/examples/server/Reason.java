package dev.plinth.examples.server;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The words for an I/O error: those of the JDK name a file and often not what is wrong with it. */
final class Reason {

  private Reason() {}

  static String of(IOException e) {
    if (e instanceof NoSuchFileException missing) {
      return "there is no " + missing.getFile();
    }
    if (e instanceof AccessDeniedException denied) {
      return "no permission for " + denied.getFile();
    }
    if (e instanceof FileAlreadyExistsException exists) {
      return exists.getFile() + " exists and is no directory";
    }
    if (e instanceof FileSystemException other && other.getReason() != null) {
      return other.getReason() + ": " + other.getFile();
    }
    return String.valueOf(e.getMessage());
  }
}
