package dev.plinth.lifecycle;

import dev.plinth.addon.Addon;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lets each disabled add-on go after those disabled ones that need it. Thread-safe. */
final class RemovalOrder {

  private final Map<String, Set<String>> inNeed = new HashMap<>();
  private final Map<String, Runnable> waiting = new HashMap<>();

  RemovalOrder(Collection<Addon> disabled) {
    for (Addon needed : disabled) {
      for (Addon other : disabled) {
        boolean needs =
            other.requires().contains(needed.name())
                || other.requires().stream().anyMatch(needed.provides()::contains);
        if (needs && other != needed) {
          inNeed.computeIfAbsent(needed.name(), it -> new HashSet<>()).add(other.name());
        }
      }
    }
  }

  /** Begins the removal of an add-on: now, or when those that need it are gone. */
  void begin(String addon, Runnable removal) {
    synchronized (this) {
      if (inNeed.containsKey(addon)) {
        waiting.put(addon, removal);
        return;
      }
    }
    removal.run();
  }

  /** Tells that an add-on is gone. */
  void gone(String addon) {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      inNeed.values().forEach(it -> it.remove(addon));
      inNeed.values().removeIf(Set::isEmpty);
      waiting.entrySet().removeIf(it -> !inNeed.containsKey(it.getKey()) && due.add(it.getValue()));
    }
    due.forEach(Runnable::run);
  }
}
