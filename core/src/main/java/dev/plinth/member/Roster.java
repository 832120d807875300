package dev.plinth.member;

import dev.plinth.cluster.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Who of the other servers is alive, by their Leases. On the loop. */
final class Roster {

  /** After so many times a Lease's duration, a server that has gone is forgotten. */
  private static final int FORGOTTEN = 10;

  private final String own;
  private final Sightings sightings;
  private final LeaseTimes times;

  /** Of those that have gone: since when their Lease is as it was then. */
  private final Map<String, Long> dead = new HashMap<>();

  private final Map<String, Said> said = new HashMap<>();

  /**
   * @param own name of this server's Lease
   */
  Roster(String own, Sightings sightings, LeaseTimes times) {
    this.own = own;
    this.sightings = sightings;
    this.times = times;
  }

  /** What a Lease says, and the last of it that could be read. */
  private record Said(LeaseRecord in, Optional<Member> member) {}

  /** The other servers that are alive, or not known not to be, sorted by their ids. */
  List<Member> live() {
    return others(it -> true).stream()
        .flatMap(it -> member(it).stream())
        .sorted(Comparator.comparing(Member::id))
        .toList();
  }

  /** A live server for sure, or perhaps. */
  record Other(Member member, boolean certain) {}

  /** The live servers whose settings differ from these. */
  List<Other> differing(Member self) {
    List<Other> all = new ArrayList<>();
    for (SeenLease lease : others(it -> true)) {
      member(lease)
          .filter(it -> !it.settings().equals(self.settings()))
          .ifPresent(it -> all.add(new Other(it, lease.renewed())));
    }
    return all;
  }

  /** Those that have not renewed their Lease in time, as far as was seen. */
  List<SeenLease> suspects(long now) {
    return others(it -> !isInTime(it, now));
  }

  /** How long until one of those alive has to have renewed its Lease. */
  Optional<Duration> untilNextSuspicion(long now) {
    return others(it -> isInTime(it, now)).stream()
        .map(it -> it.left(now, times.duration()))
        .min(Comparator.naturalOrder());
  }

  /**
   * Takes those for dead that have not done anything since they were suspected.
   *
   * @return how many these are
   */
  int bury(List<SeenLease> suspects) {
    List<SeenLease> silent =
        suspects.stream()
            .filter(
                suspect ->
                    sightings
                        .find(suspect.record().name())
                        .filter(it -> it.gone() || it.since() == suspect.since())
                        .isPresent())
            .toList();
    silent.forEach(it -> dead.put(it.record().name(), it.since()));
    return silent.size();
  }

  /** All but the dead have their time once more: for a while, nothing could be seen. */
  void anew(long now) {
    sightings.anew(now, it -> !isDead(it));
  }

  /** Leases of servers that went long ago. */
  List<LeaseRecord> longDead(long now) {
    return sightings.all().stream()
        .filter(it -> !it.gone() && isDead(it))
        .filter(it -> now - it.since() > times.duration().multipliedBy(FORGOTTEN).toNanos())
        .map(SeenLease::record)
        .toList();
  }

  private List<SeenLease> others(Predicate<SeenLease> wanted) {
    return sightings.all().stream()
        .filter(it -> !it.record().name().equals(own))
        .filter(it -> it.record().label(Labels.SERVER).filter(MemberLease.ROLE::equals).isPresent())
        .filter(it -> !it.gone() && !isDead(it))
        .filter(wanted)
        .toList();
  }

  private boolean isDead(SeenLease lease) {
    Long since = dead.get(lease.record().name());
    return since != null && since == lease.since();
  }

  private boolean isInTime(SeenLease lease, long now) {
    Duration left = lease.left(now, times.duration());
    return !left.isNegative() && !left.isZero();
  }

  private Optional<Member> member(SeenLease lease) {
    LeaseRecord record = lease.record();
    return said.compute(
            record.name(),
            (name, known) ->
                known != null && known.in().version().equals(record.version())
                    ? known
                    : new Said(record, Announcement.in(record).or(() -> readable(known))))
        .member();
  }

  private static Optional<Member> readable(Said known) {
    return known == null ? Optional.empty() : known.member();
  }
}
