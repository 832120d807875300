package dev.plinth.helm.values;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The effective values of a release with the source of each, to be shown: what came from Secrets is
 * masked. Pure: made of the same input as the values of the release itself.
 *
 * @param values every scalar and empty collection, in the order of the sources
 * @param notices what is accepted and probably a mistake
 */
public record ValuesReport(List<EffectiveValue> values, List<String> notices) {

  public ValuesReport {
    values = List.copyOf(values);
    notices = List.copyOf(notices);
  }

  /**
   * Merges, and tells what came of it.
   *
   * @throws ValuesException if anything cannot be used, with everything that cannot
   */
  public static ValuesReport of(ValuesInput input) {
    MergedValues merged = new ValuesMerger().merge(input);
    return new ValuesReport(
        merged.provenance(), merged.notices().stream().map(ValuesProblem::toString).toList());
  }

  /** For people: one line for each value, {@code path = value # source}. */
  public List<String> lines() {
    return values.stream().map(EffectiveValue::toString).toList();
  }

  /**
   * For programs: {@code {"values": [{"path", "value", "masked", "owner", "object", "field",
   * "secret", "key", "line", "column"}], "notices": []}}. A masked value is null; {@code secret}
   * and {@code key} are there if the value came from a Secret, {@code line} and {@code column} if
   * it came from a text.
   */
  public ObjectNode toJson() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ArrayNode entries = document.putArray("values");
    values.forEach(it -> entries.add(toJson(it)));
    ArrayNode texts = document.putArray("notices");
    notices.forEach(texts::add);
    return document;
  }

  private static ObjectNode toJson(EffectiveValue value) {
    Origin origin = value.origin();
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("path", value.path());
    entry.set("value", value.isSecret() ? entry.nullNode() : value.value());
    entry.put("masked", value.isSecret());
    entry.put("owner", origin.owner().name());
    entry.put("object", origin.object());
    entry.put("field", origin.field());
    origin.secret().ifPresent(it -> entry.put("secret", it.name()).put("key", it.key()));
    if (origin.line() > 0) {
      entry.put("line", origin.line()).put("column", origin.column());
    }
    return entry;
  }

  /** How many there are, and not what. */
  @Override
  public String toString() {
    return "ValuesReport[%d values]".formatted(values.size());
  }
}
