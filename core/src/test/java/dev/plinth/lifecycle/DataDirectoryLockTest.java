package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryLockTest {

  @TempDir Path temporary;

  @Test
  void makes_the_directory_for_its_owner_only() throws Exception {
    Path data = temporary.resolve("a/b");
    try (DataDirectoryLock lock = DataDirectoryLock.acquire(data)) {
      assertThat(lock).isNotNull();
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("server"))))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void a_second_server_is_refused_with_the_way_out() {
    try (DataDirectoryLock first = DataDirectoryLock.acquire(temporary)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> DataDirectoryLock.acquire(temporary))
          .isInstanceOf(DataDirectoryInUseException.class)
          .hasMessageContaining(temporary.toString())
          .hasMessageContaining("--data-dir");
    }
  }

  @Test
  void one_that_was_refused_does_not_take_the_lock_from_the_first() {
    try (DataDirectoryLock first = DataDirectoryLock.acquire(temporary)) {
      assertThat(first).isNotNull();
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> DataDirectoryLock.acquire(temporary))
            .isInstanceOf(DataDirectoryInUseException.class);
      }
    }
  }

  @Test
  void is_free_again_after_the_end_and_ending_twice_does_nothing() {
    DataDirectoryLock first = DataDirectoryLock.acquire(temporary);
    first.close();
    first.close();

    assertThatCode(() -> DataDirectoryLock.acquire(temporary).close()).doesNotThrowAnyException();
  }

  @Test
  void a_place_that_cannot_be_a_directory_is_named() throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThatThrownBy(() -> DataDirectoryLock.acquire(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }
}
