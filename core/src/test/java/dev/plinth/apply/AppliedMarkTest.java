package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AppliedMarkTest {

  private static final String HASH = AppliedMark.hash("{}");

  @Test
  void of_a_declaration_that_is_owned_as_a_whole_it_is_the_hash() {
    assertThat(AppliedMark.of(HASH, fields())).isEqualTo(HASH).matches("[0-9a-f]{32}");
  }

  @Test
  void fields_that_are_not_ours_are_part_of_it() {
    String mark = AppliedMark.of(HASH, fields("spec.a"));

    assertThat(mark).startsWith(HASH + "-").matches("[0-9a-f]{32}-[0-9a-f]{8}");
    assertThat(mark)
        .isEqualTo(AppliedMark.of(HASH, fields("spec.a")))
        .isNotEqualTo(AppliedMark.of(HASH, fields("spec.b")))
        .isNotEqualTo(AppliedMark.of(HASH, fields("spec.a", "spec.b")));
  }

  @Test
  void other_declarations_have_other_hashes() {
    assertThat(AppliedMark.hash("{\"a\":1}")).isNotEqualTo(AppliedMark.hash("{\"a\":2}"));
  }

  private static SortedSet<String> fields(String... paths) {
    return new TreeSet<>(List.of(paths));
  }
}
