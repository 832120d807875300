package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  private static final boolean GIVEN = true;

  @TempDir Path temp;

  @Test
  void is_made_when_missing_and_used_again_later() throws IOException {
    Path root = temp.resolve("some/where");

    DataDirectory.open(root, !GIVEN).close();
    DataDirectory.open(root, !GIVEN).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("server"))))
        .isEqualTo("rwx------");
  }

  @Test
  void somebody_elses_server_is_refused_unless_the_directory_was_given() throws IOException {
    Files.createDirectory(temp.resolve("server"));

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> DataDirectory.open(temp, !GIVEN))
        .withMessageContaining(temp.resolve("server") + " was not made by plinth")
        .withMessageContaining("--data-dir");
    DataDirectory.open(temp, GIVEN).close();
  }

  @Test
  void is_held_by_one_server_at_a_time() {
    try (DataDirectory first = DataDirectory.open(temp, GIVEN)) {
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(() -> DataDirectory.open(first.root(), GIVEN))
          .withMessageContaining("in use by another plinth")
          .withMessageContaining("process " + ProcessHandle.current().pid());
    }
    DataDirectory.open(temp, GIVEN).close();
  }

  @Test
  void that_cannot_be_made_is_refused_with_the_cause() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> DataDirectory.open(file, GIVEN))
        .withMessageContaining(file + " exists and is no directory");
  }

  @Test
  void reset_deletes_what_was_made_and_nothing_beside_it() throws IOException {
    DataDirectory.open(temp, GIVEN).close();
    Files.createDirectories(temp.resolve("server/manifests"));
    Files.writeString(temp.resolve("server/manifests/coredns.yaml"), "");
    Path outside = Files.writeString(temp.resolve("mine.txt"), "");
    Files.createSymbolicLink(temp.resolve("server/manifests/link.yaml"), outside);

    assertThat(DataDirectory.reset(temp)).isTrue();

    assertThat(temp).isDirectoryNotContaining(it -> !it.equals(outside));
    assertThat(outside).exists();
  }

  @Test
  void reset_finds_nothing_where_nothing_is() {
    assertThat(DataDirectory.reset(temp.resolve("never-made"))).isFalse();
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void reset_leaves_somebody_elses_server_alone() throws IOException {
    Files.createDirectory(temp.resolve("server"));

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> DataDirectory.reset(temp))
        .withMessageContaining("was not made by plinth");
    assertThat(temp.resolve("server")).exists();
  }

  @Test
  void reset_is_refused_while_a_server_runs() {
    try (DataDirectory directory = DataDirectory.open(temp, GIVEN)) {
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(() -> DataDirectory.reset(temp))
          .withMessageContaining("in use");
      assertThat(directory.root().resolve("server")).exists();
    }
  }
}
