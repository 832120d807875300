package dev.plinth.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeclaredManifestTest {

  /** {@code printf a | sha256sum}. */
  @Test
  void the_checksum_is_that_of_the_file() {
    assertThat(new DeclaredManifest("foo", Optional.empty(), "/foo.yaml", "a").checksum())
        .isEqualTo("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
  }

  @Test
  void without_a_file_there_is_no_checksum() {
    assertThat(new DeclaredManifest("foo", Optional.of("foo"), "", "").checksum()).isEmpty();
  }

  @Test
  void an_empty_file_has_a_checksum() {
    assertThat(new DeclaredManifest("foo", Optional.empty(), "/foo.yaml", "").checksum())
        .startsWith("e3b0c442");
  }
}
