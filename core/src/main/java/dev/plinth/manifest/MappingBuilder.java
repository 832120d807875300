package dev.plinth.manifest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Collects the members of one mapping and finds the keys that are there twice. */
final class MappingBuilder {

  private final Position position;
  private final Map<String, Value.Member> members = new LinkedHashMap<>();
  private final Map<String, Position> written = new LinkedHashMap<>();
  private Position mergeKey;

  MappingBuilder(Position position) {
    this.position = position;
  }

  /**
   * Adds a member; where the key is there already, in its place.
   *
   * @return what is wrong with the key
   */
  Optional<String> put(String key, Value.Member member) {
    members.put(key, member);
    return Optional.ofNullable(written.put(key, member.key()))
        .map("duplicate key, the first is at %s"::formatted);
  }

  /**
   * Takes over the members of mappings behind a merge key, also in place of earlier ones.
   *
   * @param key where the merge key is
   * @param values the mappings; the first that has a key provides it
   * @return what is wrong with the merge key
   */
  Optional<String> merge(Position key, Iterable<Value.Mapping> values) {
    Map<String, Value.Member> merged = new LinkedHashMap<>();
    values.forEach(value -> value.members().forEach(merged::putIfAbsent));
    // kubectl lets the merged value win over an earlier key, YAML lets it lose.
    Optional<String> overridden =
        merged.keySet().stream()
            .filter(written::containsKey)
            .findFirst()
            .map(
                name ->
                    "the merge key provides what is set before it at %s: put the merge key first"
                        .formatted(written.get(name)));
    members.putAll(merged);
    Optional<String> duplicate =
        Optional.ofNullable(mergeKey).map("duplicate key, the first is at %s"::formatted);
    mergeKey = key;
    return duplicate.or(() -> overridden);
  }

  Value.Mapping build() {
    return Value.Mapping.of(position, members);
  }
}
