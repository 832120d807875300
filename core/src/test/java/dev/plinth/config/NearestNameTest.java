package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

  private static final List<String> ADDONS = List.of("coredns", "servicelb", "traefik");

  @ParameterizedTest
  @CsvSource({
    "treafik, traefik", // two swapped
    "trafik, traefik", // one missing
    "traeffik, traefik", // one too many
    "traevik, traefik", // one wrong
    "TRAEFIK, traefik",
    "core-dns, coredns",
    "service-lb, servicelb",
  })
  void aTypingMistakeIsForgiven(String typed, String meant) {
    assertThat(NearestName.of(typed, ADDONS)).hasValue(meant);
  }

  @ParameterizedTest
  @CsvSource({"nginx", "dns", "''"})
  void anotherWordIsNotTakenForAMistake(String typed) {
    assertThat(NearestName.of(typed, ADDONS)).isEmpty();
  }

  @Test
  void theFewestMistakesWinThenTheAlphabet() {
    assertThat(NearestName.of("abcdef", List.of("abcxyf", "abcxef"))).hasValue("abcxef");
    assertThat(NearestName.of("abcdef", List.of("abcyef", "abcxef"))).hasValue("abcxef");
  }

  @Test
  void nothingIsNearIfNothingIsKnown() {
    assertThat(NearestName.of("traefik", List.of())).isEmpty();
  }

  @Property
  void swappingTwoNeighboursIsOneMistake(
      @ForAll @AlphaChars @StringLength(min = 4, max = 12) String name,
      @ForAll @IntRange(max = 2) int at) {
    String swapped =
        name.substring(0, at) + name.charAt(at + 1) + name.charAt(at) + name.substring(at + 2);

    assertThat(NearestName.of(swapped, List.of(name))).hasValue(name);
  }
}
