package dev.plinth.member;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.Sets;
import java.util.Set;
import java.util.SortedMap;

/**
 * What a server announces about itself.
 *
 * @param id which server it is
 * @param version of Plinth, e.g. {@code 1.2.3}
 * @param offers names of the add-ons it has
 * @param disables names it was told not to run; not all of them need be add-ons it has
 * @param settings what all servers must agree on: flag to value
 */
public record Member(
    ServerId id,
    String version,
    Set<String> offers,
    Set<String> disables,
    SortedMap<String, String> settings) {

  public Member {
    requireNonNull(id, "id");
    requireNonNull(version, "version");
    offers = ImmutableSortedSet.copyOf(offers);
    disables = ImmutableSortedSet.copyOf(disables);
    settings = ImmutableSortedMap.copyOf(settings);
  }

  /** Names of the add-ons it has and does not disable. */
  public Set<String> enables() {
    return Sets.difference(offers, disables).immutableCopy();
  }
}
