package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.util.Set;

/**
 * What a chart wants of another object.
 *
 * @param object which one
 * @param keys the keys that it wants
 * @param watched whether a change of them concerns the chart
 */
record Reference(ReferencedObject object, Keys keys, boolean watched) {

  Reference {
    requireNonNull(object, "object");
    requireNonNull(keys, "keys");
  }

  static Reference to(ReferencedObject object, Keys keys) {
    return new Reference(object, keys, true);
  }

  /** A reference whose object is looked at now, and not watched. */
  static Reference once(ReferencedObject object, Keys keys) {
    return new Reference(object, keys, false);
  }

  /**
   * Keys of an object.
   *
   * @param all whether every key is meant
   * @param names the ones that are meant otherwise
   */
  record Keys(boolean all, Set<String> names) {

    static final Keys ALL = new Keys(true, Set.of());

    Keys {
      names = Set.copyOf(names);
    }

    static Keys of(String... names) {
      return new Keys(false, Set.of(names));
    }

    static Keys of(Iterable<String> names) {
      return new Keys(false, ImmutableSet.copyOf(names));
    }

    boolean contain(String key) {
      return all || names.contains(key);
    }

    boolean contain(Keys other) {
      return all || !other.all && names.containsAll(other.names);
    }

    Keys and(Keys other) {
      return all || other.all ? ALL : new Keys(false, Sets.union(names, other.names));
    }
  }
}
