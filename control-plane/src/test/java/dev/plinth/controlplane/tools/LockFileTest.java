package dev.plinth.controlplane.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {
  @TempDir private Path directory;

  @Test
  void hasOneHolderAtATime() throws IOException {
    Path file = directory.resolve("lock");
    try (LockFile held = LockFile.tryLock(file).orElseThrow()) {
      assertThat(held).isNotNull();
      assertThat(LockFile.tryLock(file)).isEmpty();
      assertThat(LockFile.tryLock(directory.resolve("./lock"))).as("the same").isEmpty();
    }
    LockFile.tryLock(file).orElseThrow().close();
  }

  @Test
  void isALockOfTheOperatingSystem() throws IOException {
    Path file = directory.resolve("lock");
    try (LockFile held = LockFile.tryLock(file).orElseThrow();
        FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertThat(held).isNotNull();
      assertThatThrownBy(other::tryLock).isInstanceOf(OverlappingFileLockException.class);
    }
  }

  @Test
  void isFreeAfterAFailure() throws IOException {
    Path file = directory.resolve("missing/lock");
    assertThatThrownBy(() -> LockFile.tryLock(file)).isInstanceOf(IOException.class);
    Files.createDirectories(file);
    assertThatThrownBy(() -> LockFile.tryLock(file)).isInstanceOf(IOException.class);
    Files.delete(file);
    LockFile.tryLock(file).orElseThrow().close();
  }
}
