package dev.plinth.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnumerationTest {

  @Test
  void few_are_told_all() {
    assertThat(Enumeration.of(List.of())).isEmpty();
    assertThat(Enumeration.of(List.of("a", "b"))).isEqualTo("a; b");
    assertThat(Enumeration.of(Collections.nCopies(10, "a"))).doesNotContain("more");
  }

  @Test
  void of_many_the_first_are_told_and_how_many_more() {
    assertThat(Enumeration.of(Collections.nCopies(1000, "x".repeat(5000))))
        .hasSizeLessThan(11_000)
        .endsWith("x...; and 990 more");
  }
}
