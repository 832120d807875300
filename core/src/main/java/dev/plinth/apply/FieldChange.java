package dev.plinth.apply;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A field that would differ. Values of Secrets are masked.
 *
 * @param path e.g. {@code spec.template.spec.containers[web].image}
 * @param before its value as JSON; empty if the field is not there
 * @param after its value as JSON; empty if the field would not be there
 */
public record FieldChange(String path, String before, String after) {

  private static final String MASK = "***";

  /** What the server keeps for itself, and Plinth's own bookkeeping. */
  private static final Set<String> BOOKKEEPING =
      Set.of(
          "metadata.creationTimestamp",
          "metadata.generation",
          "metadata.managedFields",
          "metadata.resourceVersion",
          "metadata.uid",
          "metadata.annotations.plinth.dev/applied",
          "status");

  public FieldChange {
    requireNonNull(path, "path");
    requireNonNull(before, "before");
    requireNonNull(after, "after");
  }

  /** How two states of one object differ, by path; values of a Secret's data are masked. */
  public static List<FieldChange> between(JsonNode before, JsonNode after, boolean secret) {
    Map<String, String> old = leaves(before);
    Map<String, String> now = leaves(after);
    Set<String> paths = new TreeSet<>(old.keySet());
    paths.addAll(now.keySet());
    List<FieldChange> changes = new ArrayList<>();
    for (String path : paths) {
      String was = old.getOrDefault(path, "");
      String is = now.getOrDefault(path, "");
      if (!was.equals(is)) {
        boolean masked = secret && (path.startsWith("data.") || path.startsWith("stringData."));
        changes.add(new FieldChange(path, masked ? mask(was) : was, masked ? mask(is) : is));
      }
    }
    return changes;
  }

  private static String mask(String value) {
    return value.isEmpty() ? "" : MASK;
  }

  private static Map<String, String> leaves(JsonNode object) {
    Map<String, String> leaves = new TreeMap<>();
    collect(object, "", leaves);
    return leaves;
  }

  private static void collect(JsonNode value, String path, Map<String, String> leaves) {
    if (BOOKKEEPING.contains(path)) {
      return;
    }
    if (value.isEmpty()) {
      leaves.put(path, value.toString());
    } else if (value.isObject()) {
      value
          .properties()
          .forEach(
              it ->
                  collect(
                      it.getValue(),
                      path.isEmpty() ? it.getKey() : path + "." + it.getKey(),
                      leaves));
    } else {
      for (int i = 0; i < value.size(); i++) {
        String key = value.get(i).path("name").asText(String.valueOf(i));
        collect(value.get(i), path + "[" + key + "]", leaves);
      }
    }
  }
}
