package dev.plinth.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void create() throws IOException {
    file = Files.createFile(directory.resolve("audit.log"));
  }

  @Test
  void goesOnWhereTheLastReadingEnded() throws IOException {
    write(event("1", "get", "one"));
    AuditLog log = AuditLog.fromNowOn(file);

    write(event("2", "get", "two"));
    assertThat(names(log)).containsExactly("two");

    write(event("3", "get", "three"));
    assertThat(names(log)).containsExactly("two", "three");
  }

  @Test
  void leavesALineThatIsNotComplete() throws IOException {
    AuditLog log = AuditLog.fromNowOn(file);
    String line = event("1", "get", "slowly-ä");
    write(line.substring(0, 20));
    assertThat(names(log)).isEmpty();

    write(line.substring(20, line.length() - 1));
    assertThat(names(log)).isEmpty();

    write("\n");
    assertThat(names(log)).containsExactly("slowly-ä");
  }

  @Test
  void followsFilesThatAreReplaced() throws IOException {
    AuditLog log = AuditLog.fromNowOn(file);
    write(event("1", "get", "one"));
    assertThat(names(log)).containsExactly("one");

    write(event("2", "get", "two"));
    Files.move(file, directory.resolve("audit-2026-01-01T00-00-00.000.log"));
    write(event("3", "get", "three"));
    Files.move(file, directory.resolve("audit-2026-01-01T00-00-01.000.log"));
    write(event("4", "get", "four"));

    assertThat(names(log)).containsExactly("one", "two", "three", "four");
  }

  @Test
  void countsAWatchOnce() throws IOException {
    AuditLog log = AuditLog.fromNowOn(file);
    write(event("1", "watch", "start"));
    write(event("1", "watch", "end"));
    write(event("2", "watch", "another"));

    assertThat(names(log)).containsExactly("start", "another");
  }

  @Test
  void findsItsMarkersAndDoesNotCountThem() throws IOException {
    AuditLog log = AuditLog.fromNowOn(file);
    String marker = AuditLog.marker();
    assertThat(log.has(marker)).isFalse();

    write(event("1", "get", "x").replace("/uri", marker));

    assertThat(log.has(marker)).isTrue();
    assertThat(log.requests()).isEmpty();
    assertThat(AuditLog.marker()).isNotEqualTo(marker);
  }

  private static List<String> names(AuditLog log) throws IOException {
    log.has("none");
    return log.requests().stream().map(Request::name).toList();
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String event(String id, String verb, String name) {
    return String.format(
        "{\"auditID\":\"%s\",\"verb\":\"%s\",\"requestURI\":\"/uri\",\"objectRef\":{\"resource\":"
            + "\"things\",\"name\":\"%s\"},\"stageTimestamp\":\"2026-01-02T03:04:05.6Z\"}%n",
        id, verb, name);
  }
}
