package dev.plinth.apply;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.plinth.cluster.ObservedObject;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.manifest.SourceLocation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which manifests of a server declare which objects, and which manifest has an object that several
 * declare: the one whose ApplySet has it in the cluster, so that it keeps it over a restart, and
 * else the first in order, packaged manifests before users' files, those by path.
 *
 * <p>A set that stops declaring an object does not prune it while another declares it: that one
 * takes it over.
 *
 * <p>Thread-safe. The listener is called by whoever changes a claim, holding no lock.
 */
public final class ObjectClaims {

  private final Consumer<String> concerned;
  private final Map<Identity, Contest> contests = new HashMap<>();
  private final Map<String, Map<Identity, Claim>> bySet = new HashMap<>();
  private final Map<String, Map<Identity, Claim>> unsettled = new HashMap<>();
  private final Map<String, Claim> unreadable = new HashMap<>();
  private final Set<String> early = new LinkedHashSet<>();
  private boolean complete;

  /**
   * @param concerned is told the id of every ApplySet for which the claims of others have changed
   */
  public ObjectClaims(Consumer<String> concerned) {
    this.concerned = requireNonNull(concerned, "concerned");
  }

  /**
   * What makes two declarations one object; the version of the API does not.
   *
   * @param namespace {@code default} also if there is none, so that the scope need not be known
   */
  private record Identity(String group, String kind, String namespace, String name) {

    static Identity of(ObjectReference object) {
      return new Identity(
          object.group(), object.kind(), namespace(object.namespace()), object.name());
    }

    static Identity of(ObservedObject object) {
      return new Identity(
          object.kind().group(),
          object.kind().kind(),
          namespace(object.namespace()),
          object.name());
    }

    private static String namespace(String declared) {
      return declared.isEmpty() ? "default" : declared;
    }
  }

  /** That a manifest declares an object, and where. */
  record Claim(Membership membership, String set, ObjectReference object, SourceLocation location) {

    private static final Comparator<Claim> ORDER =
        Comparator.comparing((Claim it) -> it.membership.addon().isEmpty())
            .thenComparing(it -> it.location.source())
            .thenComparing(it -> it.membership.name());

    /** Who has the object, as one says it to somebody who declares it too. */
    String keepsItFrom(List<Claim> others) {
      return "declared at %s and by %s; %s keeps it"
          .formatted(
              place(), others.stream().map(Claim::place).collect(joining(", ")), location.source());
    }

    private String place() {
      return location.line() > 0 ? location.source() + ":" + location.line() : location.source();
    }
  }

  /** All who declare an object, in order, and who has it. */
  private static final class Contest {

    private final List<Claim> claims = new ArrayList<>(1);
    private String holder = "";

    /** As the server knows it, from when that is known. */
    private Optional<ObjectReference> object = Optional.empty();

    Optional<Claim> of(String set) {
      return claims.stream().filter(it -> it.set().equals(set)).findFirst();
    }

    List<Claim> others(String set) {
      return claims.stream().filter(it -> !it.set().equals(set)).toList();
    }
  }

  /** From now on, this set declares exactly these objects. */
  public void declare(Membership membership, List<ManifestDocument> documents) {
    claim(membership, documents);
    settle(membership);
  }

  /**
   * From now on, this set declares these objects. It gives up those that it declared before with
   * {@link #settle} only, when it is certain that they are not wanted any more.
   */
  public void claim(Membership membership, List<ManifestDocument> documents) {
    String set = membership.applySetId();
    Map<Identity, Claim> objects = new HashMap<>();
    documents.forEach(
        it ->
            objects.put(
                Identity.of(it.reference()),
                new Claim(membership, set, it.reference(), it.location())));
    Map<Identity, Claim> all;
    synchronized (this) {
      unsettled.put(set, objects);
      all = new HashMap<>(bySet.getOrDefault(set, Map.of()));
    }
    all.putAll(objects);
    declare(set, all);
  }

  /** Gives up what was not claimed last. */
  public void settle(Membership membership) {
    String set = membership.applySetId();
    Map<Identity, Claim> claimed;
    synchronized (this) {
      claimed = unsettled.remove(set);
    }
    if (claimed != null) {
      declare(set, claimed);
    }
  }

  private void declare(String set, Map<Identity, Claim> objects) {
    Set<String> others = new LinkedHashSet<>();
    synchronized (this) {
      if (unreadable.remove(set) != null) {
        contests.values().stream()
            .filter(it -> it.holder.equals(set))
            .forEach(it -> it.claims.forEach(claim -> others.add(claim.set())));
      }
      replace(set, objects, others);
    }
    others.remove(set);
    others.forEach(concerned);
  }

  /** This set declares nothing any more: its manifest has gone. */
  public void withdraw(Membership membership) {
    declare(membership, List.of());
  }

  /**
   * The manifest of this set cannot be read: it goes on declaring what it did, and keeps what it
   * has in the cluster if it was never read.
   *
   * @param source the file
   */
  public synchronized void unreadable(Membership membership, String source) {
    if (!bySet.containsKey(membership.applySetId())) {
      unreadable.put(
          membership.applySetId(),
          new Claim(
              membership,
              membership.applySetId(),
              new ObjectReference("", "", "", ""),
              new SourceLocation(source, 0, 0)));
    }
  }

  /**
   * All manifests that there are when the server starts have been declared. Until then no object is
   * taken over from a set of which nothing is known.
   */
  public void complete() {
    List<String> waiting;
    synchronized (this) {
      complete = true;
      waiting = List.copyOf(early);
      early.clear();
    }
    waiting.forEach(concerned);
  }

  /**
   * An object that a manifest has and others declare too.
   *
   * @param message names them all
   */
  public record Contested(ObjectReference object, SourceLocation location, String message) {}

  /** What others declare of all that this set has. */
  public synchronized List<Contested> contested(Membership membership) {
    String set = membership.applySetId();
    List<Contested> all = new ArrayList<>();
    bySet
        .getOrDefault(set, Map.of())
        .forEach(
            (identity, claim) -> {
              Contest contest = contests.get(identity);
              if (contest.holder.equals(set) && contest.claims.size() > 1) {
                all.add(
                    new Contested(
                        contest.object.orElse(claim.object()),
                        claim.location(),
                        claim.keepsItFrom(contest.others(set))));
              }
            });
    all.sort(Comparator.comparing(it -> it.object().toString()));
    return all;
  }

  /** Where the set that has this object declares it. */
  public synchronized Optional<SourceLocation> locationOf(ObservedObject object) {
    return Optional.ofNullable(contests.get(Identity.of(object)))
        .flatMap(it -> it.of(object.applySetId()))
        .map(Claim::location);
  }

  /** Whether a set other than the one that has this object declares it. */
  public synchronized boolean isClaimedByAnother(ObservedObject object) {
    Contest contest = contests.get(Identity.of(object));
    return contest != null && !contest.others(object.applySetId()).isEmpty();
  }

  /**
   * Why an object is not for this set, though it declares it.
   *
   * @param liveSet the set that has the object in the cluster; empty if none
   * @return empty if this set may have it
   */
  synchronized Optional<String> refusal(
      DesiredObject desired, Membership membership, String liveSet) {
    Contest contest = contests.get(Identity.of(desired.reference()));
    if (contest == null) {
      return Optional.empty();
    }
    contest.object = Optional.of(desired.reference());
    Claim owner =
        contest
            .of(contest.holder)
            .or(() -> contest.of(liveSet))
            .or(() -> Optional.ofNullable(unreadable.get(liveSet)))
            .orElseGet(() -> contest.claims.get(0));
    if (liveSet.isEmpty() || liveSet.equals(owner.set())) {
      contest.holder = owner.set();
    }
    return owner.set().equals(membership.applySetId())
        ? Optional.empty()
        : Optional.of(owner.keepsItFrom(contest.of(membership.applySetId()).stream().toList()));
  }

  /**
   * Whether it is known what all sets declare, so that what none of them does may be taken over.
   *
   * @param membership who asks; if it is too early, the listener is told when it is not any more
   */
  synchronized boolean isComplete(Membership membership) {
    if (!complete) {
      early.add(membership.applySetId());
    }
    return complete;
  }

  private void replace(String set, Map<Identity, Claim> objects, Set<String> others) {
    Map<Identity, Claim> before = bySet.getOrDefault(set, Map.of());
    before.forEach(
        (identity, claim) -> {
          if (!claim.equals(objects.get(identity))) {
            remove(identity, set, others, objects.containsKey(identity));
          }
        });
    objects.forEach(
        (identity, claim) -> {
          if (!claim.equals(before.get(identity))) {
            add(identity, claim, others);
          }
        });
    if (objects.isEmpty()) {
      bySet.remove(set);
    } else {
      bySet.put(set, objects);
    }
  }

  private void add(Identity identity, Claim claim, Set<String> others) {
    Contest contest = contests.computeIfAbsent(identity, it -> new Contest());
    contest.claims.add(claim);
    contest.claims.sort(Claim.ORDER);
    contest.claims.forEach(it -> others.add(it.set()));
  }

  /**
   * @param moved whether the set goes on declaring the object, at another place
   */
  private void remove(Identity identity, String set, Set<String> others, boolean moved) {
    Contest contest = contests.get(identity);
    contest.claims.removeIf(it -> it.set().equals(set));
    contest.claims.forEach(it -> others.add(it.set()));
    others.add(contest.holder);
    others.remove("");
    if (!moved) {
      contest.holder = contest.holder.equals(set) ? "" : contest.holder;
      if (contest.claims.isEmpty()) {
        contests.remove(identity);
      }
    }
  }
}
