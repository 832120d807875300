package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlinthVersionTest {

  @Test
  void is_the_version_of_the_build_and_no_placeholder() {
    assertThat(PlinthVersion.current()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
  }
}
