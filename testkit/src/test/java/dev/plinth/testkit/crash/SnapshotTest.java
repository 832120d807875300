package dev.plinth.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {

  @TempDir Path directory;

  @Test
  void directoriesDifferInContentsAndModesButNotInUuidsAndTimes() throws IOException {
    String one = after("made by 6d8d5f6c-0a1b-4c2d-8e3f-001122334455 at 2026-01-02T03:04:05Z");
    String other = after("made by 00000000-0a1b-4c2d-8e3f-998877665544 at 2026-02-03T04:05:06.7Z");

    assertThat(one).isEqualTo(other).contains("made by (uuid) at (time)");
    assertThat(after("made by somebody at (time)")).isNotEqualTo(one);
  }

  @Test
  void whatOnlyLooksLikeAUuidStays() throws IOException {
    assertThat(after("sha256:6d8d5f6c0a1b4c2d8e3f001122334455")).contains("6d8d5f6c0a1b4c2d");
  }

  private String after(String content) throws IOException {
    Files.writeString(directory.resolve("file"), content);
    return Snapshot.ofDirectory(directory);
  }
}
