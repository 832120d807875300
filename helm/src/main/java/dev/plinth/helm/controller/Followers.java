package dev.plinth.helm.controller;

import dev.plinth.cluster.ResourceKind;
import dev.plinth.helm.controller.KindWatches.Scope;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which charts follow which objects; two may declare the same one. Thread-safe. */
final class Followers {

  private final Map<ResourceID, Set<ObjectKey>> followed = new HashMap<>();
  private final Map<ObjectKey, Set<ResourceID>> followers = new HashMap<>();

  /** The chart follows these objects from now on, and no others. */
  synchronized void follow(ResourceID chart, Set<ObjectKey> keys) {
    Set<ObjectKey> before =
        keys.isEmpty() ? followed.remove(chart) : followed.put(chart, Set.copyOf(keys));
    if (before != null) {
      before.forEach(
          key ->
              followers.computeIfPresent(
                  key,
                  (it, charts) -> {
                    charts.remove(chart);
                    return charts.isEmpty() ? null : charts;
                  }));
    }
    keys.forEach(key -> followers.computeIfAbsent(key, it -> new HashSet<>()).add(chart));
  }

  synchronized Set<ResourceID> of(ObjectKey key) {
    return Set.copyOf(followers.getOrDefault(key, Set.of()));
  }

  synchronized Set<ResourceID> of(ResourceKind kind) {
    return followers.entrySet().stream()
        .filter(it -> it.getKey().kind().equals(kind))
        .flatMap(it -> it.getValue().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Where the objects are that anybody follows. */
  synchronized Set<Scope> scopes() {
    return followers.keySet().stream().map(Scope::of).collect(Collectors.toUnmodifiableSet());
  }

  synchronized void clear() {
    followed.clear();
    followers.clear();
  }
}
