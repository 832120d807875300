package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MembershipTest {

  @Test
  void the_id_is_the_one_that_kubectl_computes_for_the_addon() {
    assertThat(new Membership("kube-system", "foo", Optional.empty()).applySetId())
        .isEqualTo("applyset-i2zakxGwhWXZbwXuap9to4iK2vHUFmc0q0NIhgsCLEc-v1");
  }

  @Test
  void the_id_does_not_depend_on_the_addon_it_is_shipped_by() {
    assertThat(new Membership("kube-system", "foo", Optional.of("bar")).applySetId())
        .isEqualTo(new Membership("kube-system", "foo", Optional.empty()).applySetId())
        .isNotEqualTo(new Membership("default", "foo", Optional.empty()).applySetId());
  }

  /** {@code printf 'k3s.cattle.io/v1, Kind=Addoncorednskube-system' | sha1sum}. */
  @Test
  void the_owner_hash_is_the_one_that_k3s_writes() {
    assertThat(new Membership("kube-system", "coredns", Optional.empty()).k3sOwnerHash())
        .isEqualTo("bce283298811743a0386ab510f2f67ef74240c57");
  }

  @Test
  void shows_as_namespace_and_name() {
    assertThat(new Membership("kube-system", "foo", Optional.empty()))
        .hasToString("kube-system/foo");
  }
}
