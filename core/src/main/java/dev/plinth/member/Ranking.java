package dev.plinth.member;

import com.google.common.collect.Sets;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Who of several servers should lead. */
public final class Ranking {

  private Ranking() {}

  /**
   * The best candidate: the newest version, then who lacks the fewest of the enabled add-ons, then
   * who leads already, then the first by name.
   *
   * @param members the live ones
   * @param incumbent who leads now; need not be among them
   * @return empty if there are no members
   */
  public static Optional<Member> best(Collection<Member> members, Optional<ServerId> incumbent) {
    Set<String> enabled = enabled(members);
    return members.stream()
        .min(
            Comparator.comparing(Member::version, VersionOrder.OLDEST_FIRST.reversed())
                .thenComparing(it -> Sets.difference(enabled, it.offers()).size())
                .thenComparing(it -> !incumbent.filter(it.id()::equals).isPresent())
                .thenComparing(Member::id));
  }

  /** Names of the add-ons that some member has and does not disable. */
  public static Set<String> enabled(Collection<Member> members) {
    Set<String> enabled = new TreeSet<>();
    members.forEach(it -> enabled.addAll(it.enables()));
    return enabled;
  }
}
