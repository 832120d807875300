package dev.plinth.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.config.DriftPolicy;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriftPoliciesTest {

  @ParameterizedTest
  @CsvSource({
    "repair, warn, ignore, WARN, REPAIR",
    ", warn, ignore, REPAIR, WARN",
    ", , ignore, REPAIR, IGNORE",
    ", , , WARN, WARN",
    "repiar, warn, ignore, REPAIR, WARN",
    "repiar, Warn, '', IGNORE, IGNORE",
  })
  void the_nearest_word_that_means_something_counts(
      String live, String manifest, String addon, DriftPolicy server, DriftPolicy expected) {
    assertThat(
            new DriftPolicies(server, Optional.ofNullable(addon))
                .of(Optional.ofNullable(live), Optional.ofNullable(manifest)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"repair", "warn", "ignore"})
  void there_is_nothing_to_say_about_a_policy(String word) {
    assertThat(DriftPolicies.complaint("Addon foo", Optional.of(word))).isEmpty();
  }

  @Test
  void a_word_that_is_no_policy_is_told_with_where_it_stands() {
    assertThat(DriftPolicies.complaint("Addon foo", Optional.of("Warn")))
        .contains(
            "Addon foo: annotation plinth.dev/drift: found 'Warn', expected repair, warn or"
                + " ignore; it counts as absent");
    assertThat(DriftPolicies.complaint("Addon foo", Optional.empty())).isEmpty();
  }
}
