package dev.plinth.member;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What this process has seen of all Leases, by name. On the loop. */
final class Sightings {

  private final Map<String, SeenLease> leases = new TreeMap<>();

  /** Also if it was deleted. */
  Optional<SeenLease> find(String name) {
    return Optional.ofNullable(leases.get(name));
  }

  /** What there is under a name. */
  Optional<LeaseRecord> record(String name) {
    return find(name).filter(it -> !it.gone()).map(SeenLease::record);
  }

  Collection<SeenLease> all() {
    return List.copyOf(leases.values());
  }

  void take(LeaseRecord fresh, long now) {
    leases.merge(
        fresh.name(), SeenLease.first(fresh, now), (known, first) -> known.and(fresh, now));
  }

  void deleted(LeaseRecord last) {
    leases.computeIfPresent(last.name(), (name, known) -> known.deleted(last));
  }

  /** Takes in all there are: what is not among them was deleted. */
  void takeAll(List<LeaseRecord> all, long now) {
    Set<String> names = all.stream().map(LeaseRecord::name).collect(Collectors.toSet());
    all.forEach(it -> take(it, now));
    leases.replaceAll(
        (name, known) -> names.contains(name) ? known : known.deleted(known.record()));
  }

  /** What a list or a failed write has told of one. */
  void takeOrMiss(String name, Optional<LeaseRecord> fresh, long now) {
    fresh.ifPresentOrElse(
        it -> take(it, now),
        () -> leases.computeIfPresent(name, (same, known) -> known.deleted(known.record())));
  }

  /** From now on these holders have their time once more: for a while, nothing could be seen. */
  void anew(long now, Predicate<SeenLease> which) {
    leases.replaceAll((name, known) -> which.test(known) ? known.anew(now) : known);
  }
}
