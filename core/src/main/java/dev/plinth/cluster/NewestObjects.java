package dev.plinth.cluster;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.primitives.Longs;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The newest that is known of objects, by key. Answers to writes and the events of a watch come in
 * any order: what is older than what is known changes nothing, and what was deleted is not brought
 * back by an answer that is late. Thread-safe.
 *
 * @param <T> what is kept of an object
 */
public final class NewestObjects<T> {

  private static final Duration LATEST_ANSWER = Duration.ofMinutes(1);

  private final Function<T, String> uid;
  private final Function<T, String> version;
  private final Map<String, T> objects = new ConcurrentHashMap<>();

  /** UIDs of what went lately, with the version it had. */
  private final Cache<String, String> gone =
      CacheBuilder.newBuilder().expireAfterWrite(LATEST_ANSWER).build();

  /**
   * What came of taking an object in.
   *
   * @param news whether it is known now
   * @param before what was known before
   */
  public record Taken<T>(boolean news, Optional<T> before) {}

  /**
   * @param uid the UID of an object
   * @param version its resourceVersion
   */
  public NewestObjects(Function<T, String> uid, Function<T, String> version) {
    this.uid = uid;
    this.version = version;
  }

  /** What is known under a key. */
  public Optional<T> find(String key) {
    return Optional.ofNullable(objects.get(key));
  }

  /** All that is known; changes with it. */
  public Collection<T> all() {
    return Collections.unmodifiableCollection(objects.values());
  }

  /** What is known of an object, if it is known in this very version. */
  public Optional<T> find(String key, String itsUid, String itsVersion) {
    return find(key)
        .filter(it -> uid.apply(it).equals(itsUid) && version.apply(it).equals(itsVersion));
  }

  /** Whether this version of an object tells anything that is not known. */
  public boolean isNews(String key, String itsUid, String itsVersion) {
    return find(key, itsUid, itsVersion).isEmpty();
  }

  /**
   * Takes an object in, unless what is known is newer, or it is gone.
   *
   * @return whether it was taken in, and what was known before
   */
  public Taken<T> put(String key, T seen) {
    AtomicReference<Taken<T>> result = new AtomicReference<>();
    objects.compute(
        key,
        (it, known) -> {
          boolean newer = known == null ? !isGone(seen) : !isOlder(seen, known);
          result.set(new Taken<>(newer, Optional.ofNullable(known)));
          return newer ? seen : known;
        });
    return result.get();
  }

  /**
   * Takes note of a deletion.
   *
   * @return what was known of the object; empty if nothing, or another one is known under the key
   */
  public Optional<T> remove(String key, String itsUid, String lastVersion) {
    AtomicReference<T> removed = new AtomicReference<>();
    objects.compute(
        key,
        (it, known) -> {
          gone.put(itsUid, lastVersion);
          if (known == null || !uid.apply(known).equals(itsUid)) {
            return known;
          }
          removed.set(known);
          return null;
        });
    return Optional.ofNullable(removed.get());
  }

  /** Leaves an object out, if it is known under the key, though its last version is not known. */
  public void forget(String key, String itsUid) {
    objects.computeIfPresent(key, (it, known) -> uid.apply(known).equals(itsUid) ? null : known);
  }

  /** Also knows from now on what went lately according to the other. */
  void inherit(NewestObjects<T> earlier) {
    gone.putAll(earlier.gone.asMap());
  }

  private boolean isOlder(T seen, T known) {
    return uid.apply(known).equals(uid.apply(seen))
        && isNewer(version.apply(known), version.apply(seen));
  }

  private boolean isGone(T seen) {
    String last = gone.getIfPresent(uid.apply(seen));
    return last != null && !isNewer(version.apply(seen), last);
  }

  /**
   * Whether a resourceVersion is newer than another. They are numbers in all servers known; where
   * one is not, what comes later is newer.
   */
  public static boolean isNewer(String version, String other) {
    Long number = Longs.tryParse(version);
    Long otherNumber = Longs.tryParse(other);
    return number != null && otherNumber != null && number > otherNumber;
  }
}
