package dev.plinth.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir private Path parent;

  @Test
  void isForOneAtATime() throws IOException {
    Optional<Path> wanted = Optional.of(parent.resolve("data"));
    try (DataDirectory first = DataDirectory.open(wanted)) {
      assertThat(first.root()).isDirectory();
      assertThatThrownBy(() -> DataDirectory.open(wanted))
          .isInstanceOf(ControlPlaneException.class)
          .hasMessageContaining(wanted.get().toString());
    }
    DataDirectory.open(wanted).close();
    assertThat(wanted.get()).isDirectory();
  }

  @Test
  void aTemporaryOneGoesWithWhatIsInIt() throws IOException {
    Path root;
    try (DataDirectory data = DataDirectory.open(Optional.empty())) {
      root = data.root();
      Files.createFile(data.etcd().resolve("content"));
    }
    assertThat(root).doesNotExist();
  }

  @Test
  void aTemporaryOneThatWasAbandonedGoesWithTheNext() throws IOException {
    Path abandoned;
    Path young = Files.createTempDirectory("plinth-control-plane-");
    try (DataDirectory used = DataDirectory.open(Optional.empty())) {
      abandoned = Files.createTempDirectory("plinth-control-plane-");
      Files.createFile(abandoned.resolve("taken"));
      Files.createDirectories(abandoned.resolve("etcd"));

      DataDirectory.open(Optional.empty()).close();

      assertThat(abandoned).doesNotExist();
      assertThat(used.root()).isNotEmptyDirectory();
      assertThat(young).isDirectory();
    } finally {
      Files.delete(young);
    }
  }

  @Test
  void filesAreForTheOwnerOnly() throws IOException {
    Path file = parent.resolve("secret");
    DataDirectory.writePrivately(file, "old");
    DataDirectory.writePrivately(file, "new");

    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(parent).isDirectoryNotContaining(other -> !other.equals(file));
  }

  @Test
  void theLogOfTheLastRunIsKept() throws IOException {
    try (DataDirectory data = DataDirectory.open(Optional.empty())) {
      Files.writeString(data.newLog(Component.ETCD), "first");
      Files.writeString(data.newLog(Component.ETCD), "second");

      assertThat(data.log(Component.ETCD)).hasContent("second");
      assertThat(data.log(Component.ETCD).resolveSibling("etcd.previous.log")).hasContent("first");
    }
  }
}
