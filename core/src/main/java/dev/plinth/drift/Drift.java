package dev.plinth.drift;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.Labels;
import dev.plinth.manifest.ObjectReference;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What somebody else did to an object: told by the field ownership in the live object, never by
 * values, so that it is free of what a Secret holds.
 *
 * @param object which object
 * @param fields the declared fields that are not ours any more, by the manager that has them now,
 *     and under an empty name those that nobody has; empty if the object is gone
 */
public record Drift(ObjectReference object, SortedMap<String, SortedSet<String>> fields) {

  private static final int MOST_FIELDS = 10;

  public Drift {
    requireNonNull(object, "object");
    fields = ImmutableSortedMap.copyOf(fields);
  }

  /** Somebody deleted it. */
  public static Drift deletionOf(ObjectReference object) {
    return new Drift(object, new TreeMap<>());
  }

  /**
   * What somebody changed in a live object.
   *
   * @param declared all that we apply, the mark of it included
   * @param live the object before it is repaired
   * @param fieldManager our own
   * @param decided fields that the server did not leave to us from the start
   */
  public static Drift changeOf(
      ObjectReference object,
      JsonNode declared,
      JsonNode live,
      String fieldManager,
      Set<String> decided) {
    JsonNode entries = live.path("metadata").path("managedFields");
    SortedSet<String> lost = FieldSet.appliedBy(fieldManager, entries).uncovered(declared);
    lost.removeAll(decided);
    SortedMap<String, SortedSet<String>> fields = new TreeMap<>();
    SortedSet<String> unclaimed = new TreeSet<>(lost);
    for (JsonNode entry : entries) {
      if (!isApplyOf(fieldManager, entry)) {
        SortedSet<String> claimed = new TreeSet<>(lost);
        claimed.removeAll(FieldSet.of(entry.path("fieldsV1")).uncovered(declared));
        unclaimed.removeAll(claimed);
        // Under our own name, yet not applied: what admission decided in an answer to us.
        if (!claimed.isEmpty() && !entry.path("manager").asText().equals(fieldManager)) {
          fields.computeIfAbsent(nameOf(entry), it -> new TreeSet<>()).addAll(claimed);
        }
      }
    }
    if (!unclaimed.isEmpty()) {
      fields.put("", unclaimed);
    }
    if (fields.isEmpty()) {
      // Somebody else applies under our name.
      fields.put(
          fieldManager,
          lost.isEmpty() ? ImmutableSortedSet.of("metadata.annotations." + Labels.APPLIED) : lost);
    }
    return new Drift(object, fields);
  }

  /** Whether the object itself is gone. */
  public boolean isDeletion() {
    return fields.isEmpty();
  }

  /** {@code ConfigMap a/b: data.x by kubectl-edit, data.y removed}. */
  public String describe() {
    if (isDeletion()) {
      return object + ": deleted";
    }
    return fields.entrySet().stream()
        .map(
            it -> list(it.getValue()) + (it.getKey().isEmpty() ? " removed" : " by " + it.getKey()))
        .collect(joining("; ", object + ": ", ""));
  }

  private static String list(SortedSet<String> paths) {
    String some = paths.stream().limit(MOST_FIELDS).collect(joining(", "));
    return paths.size() > MOST_FIELDS
        ? some + " and %d more".formatted(paths.size() - MOST_FIELDS)
        : some;
  }

  private static boolean isApplyOf(String manager, JsonNode entry) {
    return entry.path("manager").asText().equals(manager)
        && entry.path("operation").asText().equals("Apply")
        && entry.path("subresource").asText("").isEmpty();
  }

  private static String nameOf(JsonNode entry) {
    String subresource = entry.path("subresource").asText("");
    String manager = entry.path("manager").asText();
    return subresource.isEmpty() ? manager : "%s (%s)".formatted(manager, subresource);
  }
}
