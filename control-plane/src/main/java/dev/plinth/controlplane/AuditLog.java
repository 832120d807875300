package dev.plinth.controlplane;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What the API server says it was asked: its audit log, read from where the last reading ended. The
 * server begins a new file when one is full, and keeps a few.
 */
final class AuditLog {
  private static final int MEGABYTES_PER_FILE = 64;
  private static final int OLD_FILES = 3;
  private static final String MARKER = "/version?plinth-marker=";
  private static final int BUFFER = 256 * 1024;

  private final Path current;
  private final Map<Object, Reading> readings = new HashMap<>();
  private final Set<String> watches = new HashSet<>();
  private final Set<String> markers = new HashSet<>();
  private final List<Request> requests = new ArrayList<>();

  private AuditLog(Path current) {
    this.current = current;
  }

  /** A log of which only what is written from now on counts. */
  static AuditLog fromNowOn(Path current) throws IOException {
    AuditLog log = new AuditLog(current);
    for (Path file : log.filesByAge()) {
      log.readings.put(keyOf(file), log.new Reading(Files.size(file)));
    }
    return log;
  }

  /**
   * Flags of the API server. It writes an event before it goes on ("blocking"), so that an answered
   * request is in the log, and does without a buffer of its own.
   */
  static List<String> flags(DataDirectory data) throws IOException {
    return List.of(
        "--audit-policy-file=" + data.auditPolicy(),
        "--audit-log-path=" + data.auditLog(),
        "--audit-log-mode=blocking",
        "--audit-log-maxsize=" + MEGABYTES_PER_FILE,
        "--audit-log-maxbackup=" + OLD_FILES);
  }

  /** What a request is sent to that shall be found in the log, and does not count itself. */
  static String marker() {
    return MARKER + UUID.randomUUID();
  }

  /** Reads what is new, and tells whether a marker is in the log. */
  synchronized boolean has(String marker) throws IOException {
    readOn();
    return markers.contains(marker);
  }

  /** The requests that were read. */
  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  private void readOn() throws IOException {
    for (Path file : filesByAge()) {
      try {
        readings.computeIfAbsent(keyOf(file), fresh -> new Reading(0)).readOn(file);
      } catch (NoSuchFileException e) {
        return; // has just got the name that it keeps, and is read under it next time
      }
    }
  }

  private static Object keyOf(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /** Old files have the time of their end in their names, between name and extension. */
  private List<Path> filesByAge() throws IOException {
    List<Path> files = new ArrayList<>();
    String prefix = current.getFileName().toString().replaceFirst("\\.log$", "-");
    try (Stream<Path> siblings = Files.list(current.getParent())) {
      siblings
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .forEach(files::add);
    }
    if (Files.exists(current)) {
      files.add(current);
    }
    return files;
  }

  /** A watch has an event for its start and one for its end: it counts once, at its start. */
  private void add(String line) {
    AuditEvent event = AuditEvent.parse(line);
    Request request = event.request();
    if (request.uri().startsWith(MARKER)) {
      markers.add(request.uri());
    } else if (!request.verb().equals("watch") || watches.add(event.id())) {
      requests.add(request);
    }
  }

  /** How far a file was read. A last line without its end is left for the next time. */
  private final class Reading {
    private long offset;

    Reading(long offset) {
      this.offset = offset;
    }

    void readOn(Path file) throws IOException {
      try (FileChannel channel = FileChannel.open(file)) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        channel.position(offset);
        while (channel.read(buffer.clear()) > 0) {
          buffer.flip();
          while (buffer.hasRemaining()) {
            byte next = buffer.get();
            if (next == '\n') {
              offset += line.size() + 1L;
              add(line.toString(StandardCharsets.UTF_8));
              line.reset();
            } else {
              line.write(next);
            }
          }
        }
      }
    }
  }
}
