package dev.plinth.drift;

import dev.plinth.manifest.ObjectReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What a running server remembers of the objects of one Addon, to tell a repair from a first apply
 * and to notice fights. Nothing depends on it for good: a server that starts anew tells the same
 * from the marks in the cluster, and only learns of a fight once more.
 *
 * <p>Thread-safe, as long as one object is looked at by one thread at a time.
 */
public final class DriftMemory {

  private static final Duration SOON = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final Map<ObjectReference, String> applied = new ConcurrentHashMap<>();
  private final Map<ObjectReference, RepairBrake> brakes = new ConcurrentHashMap<>();
  private final Map<ObjectReference, Look> looks = new ConcurrentHashMap<>();
  private final Map<ObjectReference, Set<String>> decided = new ConcurrentHashMap<>();
  private String content = "";

  /** What was found in a version of an object. */
  private record Look(String version, Drift drift) {}

  public DriftMemory(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * What follows is about this content: where it is another one than before, nothing of it has been
   * applied so far.
   */
  public void begin(String checksum) {
    if (!checksum.equals(content)) {
      content = checksum;
      applied.clear();
    }
  }

  /**
   * The object is in the cluster as declared, without anything having been done.
   *
   * @param byServer its declared fields that the server decides, e.g. by an admission webhook
   */
  public void asDeclared(ObjectReference object, String hash, Set<String> byServer) {
    applied(object, hash, byServer);
    brakes.computeIfPresent(
        object,
        (key, brake) -> {
          brake.calm();
          return brake.isSpent() ? null : brake;
        });
    if (!brakes.containsKey(object)) {
      looks.remove(object);
    }
  }

  /**
   * The object was applied.
   *
   * @param byServer its declared fields that the server decides, e.g. by an admission webhook
   */
  public void applied(ObjectReference object, String hash, Set<String> byServer) {
    applied.put(object, hash);
    if (byServer.isEmpty()) {
      decided.remove(object);
    } else {
      decided.put(object, byServer);
    }
  }

  /** The object was repaired, besides that it was applied. */
  public void repaired(Drift drift) {
    looks.put(drift.object(), new Look("", drift));
    brakes.computeIfAbsent(drift.object(), it -> new RepairBrake(clock)).repaired();
  }

  /** The declared fields of an object that the server decides, as far as they are known. */
  public Set<String> decidedByServer(ObjectReference object) {
    return decided.getOrDefault(object, Set.of());
  }

  /** Whether this declaration was in the cluster since this server runs. */
  public boolean wasApplied(ObjectReference object, String hash) {
    return hash.equals(applied.get(object));
  }

  /** Whether a repair may be made now. */
  public boolean allowsRepair(ObjectReference object) {
    return Optional.ofNullable(brakes.get(object)).map(RepairBrake::allows).orElse(true);
  }

  /** The object is not repaired by policy: there is no fight over it. */
  public void givenUp(ObjectReference object) {
    brakes.remove(object);
  }

  /** What is known of this version of the object, or else is found by looking. */
  public Drift lookOnce(ObjectReference object, String version, Supplier<Drift> look) {
    Look known = looks.get(object);
    if (known != null && !version.isEmpty() && known.version().equals(version)) {
      return known.drift();
    }
    Drift drift = look.get();
    looks.put(object, new Look(version, drift));
    return drift;
  }

  /** What was found last; a deletion if nobody looked. */
  public Drift lastLook(ObjectReference object) {
    return Optional.ofNullable(looks.get(object))
        .map(Look::drift)
        .orElseGet(() -> Drift.deletionOf(object));
  }

  /** Forgets objects that are not declared any more. */
  public void retain(Collection<ObjectReference> declared) {
    if (!brakes.isEmpty()) {
      brakes.keySet().retainAll(declared);
    }
    if (!looks.isEmpty()) {
      looks.keySet().retainAll(declared);
    }
    if (!decided.isEmpty()) {
      decided.keySet().retainAll(declared);
    }
  }

  /** The objects that somebody else changes again and again, with the latest of it, sorted. */
  public List<Drift> contested() {
    return brakes.entrySet().stream()
        .filter(it -> it.getValue().isPulled())
        .map(it -> lastLook(it.getKey()))
        .sorted(Comparator.comparing(it -> it.object().toString()))
        .toList();
  }

  /** How long from now to look though nothing has changed; empty if there is no need to. */
  public Optional<Duration> nextLook() {
    Instant now = clock.instant();
    return brakes.values().stream()
        .flatMap(it -> it.nextLook().stream())
        .min(Comparator.naturalOrder())
        .map(it -> it.isAfter(now) ? Duration.between(now, it) : SOON);
  }
}
