package dev.plinth.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RankingTest {

  @Test
  void the_newest_version_is_the_best() {
    Member old = member("a", "1.9.0", Set.of("x", "y"), Set.of());
    Member fresh = member("b", "1.10.0", Set.of(), Set.of());

    assertThat(best(Optional.of(old.id()), old, fresh)).contains(fresh);
  }

  @Test
  void a_release_is_newer_than_what_led_to_it_and_what_is_no_version_is_the_oldest() {
    assertThat(
            Stream.of("1.0.0", "1.0.0-SNAPSHOT", "unknown", "0.9", "1.0.1-rc.1")
                .sorted(VersionOrder.OLDEST_FIRST))
        .containsExactly("unknown", "0.9", "1.0.0-SNAPSHOT", "1.0.0", "1.0.1-rc.1");
  }

  @Test
  void of_one_version_who_lacks_the_fewest_enabled_addons_is_the_best() {
    Member few = member("a", "1.0", Set.of("x"), Set.of());
    Member many = member("b", "1.0", Set.of("x", "y"), Set.of());

    assertThat(best(Optional.of(few.id()), few, many)).contains(many);
  }

  @Test
  void what_everybody_disables_is_not_missed() {
    Member few = member("a", "1.0", Set.of("x"), Set.of("y"));
    Member many = member("b", "1.0", Set.of("x", "y"), Set.of("y"));

    assertThat(best(Optional.of(few.id()), few, many)).contains(few);
    assertThat(Ranking.enabled(List.of(few, many))).containsExactly("x");
  }

  @Test
  void among_equals_the_incumbent_stays_and_else_the_first_by_name_leads() {
    Member a = member("a", "1.0", Set.of("x"), Set.of());
    Member b = member("b", "1.0", Set.of("x"), Set.of());

    assertThat(best(Optional.of(b.id()), a, b)).contains(b);
    assertThat(best(Optional.empty(), b, a)).contains(a);
    assertThat(best(Optional.of(new ServerId("gone", "u")), b, a)).contains(a);
  }

  @Test
  void nobody_is_the_best_of_nobody() {
    assertThat(best(Optional.empty())).isEmpty();
  }

  private static Optional<Member> best(Optional<ServerId> incumbent, Member... members) {
    return Ranking.best(List.of(members), incumbent);
  }

  private static Member member(
      String name, String version, Set<String> offers, Set<String> disables) {
    return new Member(new ServerId(name, "u"), version, offers, disables, new TreeMap<>());
  }
}
