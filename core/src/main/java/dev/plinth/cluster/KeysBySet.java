package dev.plinth.cluster;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Which keys belong to which ApplySet, so that the members of one are found without a look at all
 * objects. Told after the objects themselves have changed. Thread-safe.
 */
final class KeysBySet {

  private final Map<String, Set<String>> keys = new ConcurrentHashMap<>();

  void add(String applySetId, String key) {
    keys.compute(
        applySetId,
        (id, known) -> {
          Set<String> all = known == null ? new HashSet<>() : known;
          all.add(key);
          return all;
        });
  }

  /**
   * Leaves a key out.
   *
   * @param stillThere whether it belongs to the set all the same: it may have come back meanwhile
   */
  void remove(String applySetId, String key, Predicate<String> stillThere) {
    keys.computeIfPresent(
        applySetId,
        (id, known) -> {
          if (!stillThere.test(key)) {
            known.remove(key);
          }
          return known.isEmpty() ? null : known;
        });
  }

  List<String> of(String applySetId) {
    List<List<String>> copy = new ArrayList<>();
    keys.computeIfPresent(
        applySetId,
        (id, known) -> {
          copy.add(List.copyOf(known));
          return known;
        });
    return copy.isEmpty() ? List.of() : copy.get(0);
  }
}
