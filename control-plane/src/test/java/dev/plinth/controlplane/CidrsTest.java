package dev.plinth.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidrsTest {
  @ParameterizedTest
  @ValueSource(strings = {"10.43.0.0/16", "fd43::/112", "10.43.0.0/16,fd43::/112"})
  void acceptsOneRangeOfAFamily(String cidrs) {
    List<String> ranges = List.of(cidrs.split(","));

    assertThat(Cidrs.requireServiceCidrs(ranges)).isEqualTo(ranges);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.43.0.0",
        "10.43.0.0/33",
        "10.43.0.0/-1",
        "localhost/8",
        "10.43.0/16/1",
        "10.43.0.0/16,10.44.0.0/16",
        "fd43::/112,fd44::/112",
        "10.0.0.0/8,fd43::/112,fd44::/112",
        "fd43::1::/112",
        "abc:/112"
      })
  void refusesTheRest(String cidrs) {
    assertThatThrownBy(() -> Cidrs.requireServiceCidrs(List.of(cidrs.split(","))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void podsHaveTheFamiliesOfServices() {
    assertThat(Cidrs.podCidrs(List.of("fd43::/112", "10.43.0.0/16")))
        .containsExactly("fd42::/48", "10.42.0.0/16");
  }

  @Test
  void oneFamilyHasAnotherFlagForTheMaskThanTwo() {
    assertThat(Cidrs.nodeMaskFlags(List.of("10.43.0.0/16")))
        .containsExactly("--node-cidr-mask-size=26");
    assertThat(Cidrs.nodeMaskFlags(List.of("fd43::/112")))
        .containsExactly("--node-cidr-mask-size=64");
    assertThat(Cidrs.nodeMaskFlags(List.of("fd43::/112", "10.43.0.0/16")))
        .containsExactly("--node-cidr-mask-size-ipv4=26", "--node-cidr-mask-size-ipv6=64");
  }
}
