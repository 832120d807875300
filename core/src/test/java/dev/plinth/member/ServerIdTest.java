package dev.plinth.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerIdTest {

  @TempDir private Path dataDir;

  @Test
  void is_the_same_after_a_restart() {
    ServerId first = ServerId.load(dataDir, "n1");

    assertThat(ServerId.load(dataDir, "n1")).isEqualTo(first);
    assertThat(first.nodeName()).isEqualTo("n1");
    assertThat(UUID.fromString(first.uuid())).hasToString(first.uuid());
  }

  @Test
  void is_another_one_in_another_data_directory() {
    assertThat(ServerId.load(dataDir.resolve("a"), "n1"))
        .isNotEqualTo(ServerId.load(dataDir.resolve("b"), "n1"));
  }

  @Test
  void is_kept_for_its_owner_alone() throws IOException {
    ServerId.load(dataDir, "n1");

    Path file = dataDir.resolve("server/.plinth-server-id");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.list(file.getParent())).containsExactly(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "not a UUID", "d3b0a2f0-0000-4000-8000", "\u0000"})
  void is_made_anew_if_what_is_kept_is_none(String content) throws IOException {
    Path file = dataDir.resolve("server/.plinth-server-id");
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);

    ServerId made = ServerId.load(dataDir, "n1");

    assertThat(ServerId.load(dataDir, "n1")).isEqualTo(made);
  }

  @Test
  void is_made_anew_if_what_is_kept_is_no_text() throws IOException {
    Path file = dataDir.resolve("server/.plinth-server-id");
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    assertThat(ServerId.load(dataDir, "n1")).isEqualTo(ServerId.load(dataDir, "n1"));
  }

  @Test
  void names_the_file_that_cannot_be_written() throws IOException {
    Files.writeString(dataDir.resolve("server"), "a file");

    assertThatThrownBy(() -> ServerId.load(dataDir, "n1"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(".plinth-server-id");
  }

  @Test
  void is_read_back_from_the_holder_of_a_lease() {
    ServerId id = new ServerId("node-1.example", UUID.randomUUID().toString());

    assertThat(ServerId.parse(id.toString())).contains(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "_", "kube-scheduler", "n1_no-uuid", "_7b0f2b8e-9c1d-4a55-8f3e-0a1b2c3d4e5f"})
  void other_holders_are_no_servers(String holder) {
    assertThat(ServerId.parse(holder)).isEmpty();
  }
}
