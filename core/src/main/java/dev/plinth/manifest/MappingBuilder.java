package dev.plinth.manifest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Collects the members of one mapping and finds the keys that are there twice. */
final class MappingBuilder {

  private final Position position;
  private final Map<String, Value.Member> members = new LinkedHashMap<>();
  private final Map<String, Value.Member> merged = new LinkedHashMap<>();
  private Position mergeKey;

  MappingBuilder(Position position) {
    this.position = position;
  }

  /**
   * @return what is wrong with the key
   */
  Optional<String> put(String key, Value.Member member) {
    Value.Member first = members.putIfAbsent(key, member);
    return Optional.ofNullable(first)
        .map(other -> "duplicate key, the first is at %s".formatted(other.key()));
  }

  /**
   * Takes over the members of mappings behind a merge key.
   *
   * @param key where the merge key is
   * @param values the mappings; the first that has a key provides it
   * @return what is wrong with the merge key
   */
  Optional<String> merge(Position key, Iterable<Value.Mapping> values) {
    if (mergeKey != null) {
      return Optional.of("duplicate key, the first is at %s".formatted(mergeKey));
    }
    mergeKey = key;
    values.forEach(value -> value.members().forEach(merged::putIfAbsent));
    // kubectl lets the merged value win over an earlier key, YAML lets it lose.
    return merged.keySet().stream()
        .filter(members::containsKey)
        .findFirst()
        .map(
            name ->
                "the merge key provides '%s', which is set before it at %s: put the merge key first"
                    .formatted(name, members.get(name).key()));
  }

  Value.Mapping build() {
    if (merged.isEmpty()) {
      return Value.Mapping.of(position, members);
    }
    merged.putAll(members);
    return Value.Mapping.of(position, merged);
  }
}
