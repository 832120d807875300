package dev.plinth.lifecycle;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import dev.plinth.addon.Selection;
import dev.plinth.member.Member;
import dev.plinth.member.Ranking;
import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the live servers of a cluster want together, as one of them sees it: an add-on runs if any
 * of them has it and does not disable it, and goes if all that have it disable it. Of a name that
 * none of them has, every one must say that it is to go.
 *
 * @param selection this server's add-ons with the decision on each
 * @param unknown names this server has no add-on of and whose objects are to go
 * @param named names that some server has an add-on of, or disables
 * @param differing names that some disable and some do not, each with a sentence that says who
 */
record ClusterSelection(
    Selection selection,
    SortedSet<String> unknown,
    SortedSet<String> named,
    SortedMap<String, String> differing) {

  ClusterSelection {
    named = ImmutableSortedSet.copyOf(named);
    unknown = ImmutableSortedSet.copyOf(unknown);
    differing = ImmutableSortedMap.copyOf(differing);
  }

  /**
   * Decides.
   *
   * @param own what this server would run by itself
   * @param live the live servers, this one included
   */
  static ClusterSelection of(Selection own, Collection<Member> live) {
    Set<String> names =
        own.addons().stream().map(it -> it.addon().name()).collect(toUnmodifiableSet());
    Set<String> enabled = Ranking.enabled(live);
    SortedSet<String> disabled =
        live.stream().flatMap(it -> it.disables().stream()).collect(toCollection(TreeSet::new));
    return new ClusterSelection(
        own.enabling(enabled),
        disabled.stream()
            .filter(it -> !names.contains(it) && !enabled.contains(it))
            .filter(it -> concerned(it, live).allMatch(member -> member.disables().contains(it)))
            .collect(toCollection(TreeSet::new)),
        live.stream()
            .flatMap(it -> Stream.concat(it.offers().stream(), it.disables().stream()))
            .collect(toCollection(TreeSet::new)),
        disabled.stream()
            .filter(it -> !concerned(it, live).allMatch(member -> member.disables().contains(it)))
            .collect(
                toMap(it -> it, it -> difference(it, live), (one, other) -> one, TreeMap::new)));
  }

  /**
   * The add-ons that somebody wants to run and the leader does not have, each with the node names
   * of those who have it and do not disable it.
   */
  static SortedMap<String, String> lacking(Member leader, Collection<Member> live) {
    return Ranking.enabled(live).stream()
        .filter(it -> !leader.offers().contains(it))
        .collect(
            toMap(
                it -> it,
                it -> nodes(live, member -> member.enables().contains(it)),
                (one, other) -> one,
                TreeMap::new));
  }

  /** Those who have a say: who has the add-on, or all if nobody has it. */
  private static Stream<Member> concerned(String name, Collection<Member> live) {
    return live.stream().anyMatch(it -> it.offers().contains(name))
        ? live.stream().filter(it -> it.offers().contains(name) || it.disables().contains(name))
        : live.stream();
  }

  private static String difference(String name, Collection<Member> live) {
    boolean runs = live.stream().anyMatch(it -> it.enables().contains(name));
    return "'%s' is disabled on server %s and not on %s: it %s until every server disables it"
        .formatted(
            name,
            nodes(live, it -> it.disables().contains(name)),
            nodes(concerned(name, live).toList(), it -> !it.disables().contains(name)),
            runs ? "runs" : "is left as it is");
  }

  private static String nodes(Collection<Member> live, Predicate<Member> which) {
    return live.stream()
        .filter(which)
        .map(it -> it.id().nodeName())
        .sorted()
        .distinct()
        .collect(joining(", "));
  }
}
