package dev.plinth.helm.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.FieldChange;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.drift.Drift;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Asks the server whether an object is as declared: what would an apply of the declaration change?
 * So what the server writes in another way, fills in, or has decided by admission is no drift; nor
 * is what the manifest does not declare.
 */
final class DriftCheck {

  private final ClusterApi api;

  /**
   * @param api as the manager that Helm itself has, so that what is declared no more would go as it
   *     does when Helm applies
   */
  DriftCheck(ClusterApi api) {
    this.api = api;
  }

  /** How an object differs from its declaration; empty if it does not. */
  Optional<Drift> drift(ObjectKey key, ObjectNode declared) {
    Optional<ObjectNode> live = api.get(key.kind(), key.namespace(), key.name());
    if (live.isEmpty()) {
      return Optional.of(Drift.deletionOf(key.reference()));
    }
    if (live.get().path("metadata").hasNonNull("deletionTimestamp")) {
      return Optional.empty();
    }
    ObjectNode applied = api.dryRunApply(key.kind(), declared, true);
    SortedSet<String> declaredPaths = declaredPaths(declared);
    SortedMap<String, SortedSet<String>> fields = new TreeMap<>();
    FieldOwners owners = new FieldOwners(live.get().path("metadata").path("managedFields"));
    for (FieldChange change : FieldChange.between(live.get(), applied, true)) {
      if (isDeclared(change.path(), declaredPaths)) {
        fields
            .computeIfAbsent(owners.ownerOf(change.path()).orElse(""), it -> new TreeSet<>())
            .add(change.path());
      }
    }
    return fields.isEmpty() ? Optional.empty() : Optional.of(new Drift(key.reference(), fields));
  }

  private static SortedSet<String> declaredPaths(JsonNode declared) {
    List<FieldChange> all =
        FieldChange.between(declared.isObject() ? Json.object("{}") : declared, declared, true);
    return all.stream()
        .map(it -> withoutItems(it.path()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether the manifest says anything of the field, of what it is in, or of what is in it. */
  private static boolean isDeclared(String path, SortedSet<String> declared) {
    String changed = withoutItems(path);
    return declared.stream().anyMatch(it -> isWithin(changed, it) || isWithin(it, changed));
  }

  private static boolean isWithin(String path, String outer) {
    return path.startsWith(outer)
        && (path.length() == outer.length() || path.charAt(outer.length()) == '.');
  }

  /** Which item it is differs between a manifest and the server's order. */
  private static String withoutItems(String path) {
    return path.replaceAll("\\[[^\\]]*\\]", "");
  }
}
