package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeenContentTest {

  @Test
  void what_is_found_at_the_start_is_no_change_and_what_comes_is() {
    SeenContent seen = new SeenContent(true);

    seen.there("a");
    assertThat(seen.changed()).isFalse();
    seen.there("b");
    assertThat(seen.changed()).isTrue();
    seen.there("b");
    assertThat(seen.changed()).isTrue();
    seen.settled();
    seen.there("b");
    assertThat(seen.changed()).isFalse();
  }

  @Test
  void a_file_that_comes_while_the_server_runs_is_a_change() {
    SeenContent seen = new SeenContent(false);

    seen.there("a");

    assertThat(seen.changed()).isTrue();
  }

  @Test
  void a_file_that_comes_back_is_a_change() {
    SeenContent seen = new SeenContent(true);
    seen.there("a");

    seen.none();
    assertThat(seen.changed()).isFalse();
    seen.there("a");

    assertThat(seen.changed()).isTrue();
  }
}
