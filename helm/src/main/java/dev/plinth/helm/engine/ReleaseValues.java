package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.primitives.Longs;
import dev.plinth.helm.values.MergedValues;
import dev.plinth.helm.values.SetArgument;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The values that a user gives a chart, merged, without the chart's defaults. They are in no
 * message, log or {@code toString}.
 *
 * @param document the values; a null in it takes a default of the chart away
 * @param secrets where in the document secrets are; the scalars there and below are taken out of
 *     Helm's messages. The root pointer means all of them.
 * @param integers those of the document that must reach templates as integers, by their paths as
 *     Helm's {@code --set} has them. Helm takes every number of a values file for floating point,
 *     and a template that prints one has 1e+06 for a million
 */
public record ReleaseValues(
    ObjectNode document, Set<JsonPointer> secrets, SortedMap<String, Long> integers) {

  /** Smaller ones are printed alike, whatever they are. */
  private static final long PRINTED_WITH_EXPONENT = 1_000_000;

  public ReleaseValues {
    document = requireNonNull(document, "document").deepCopy();
    secrets = Set.copyOf(secrets);
    integers = Collections.unmodifiableSortedMap(new TreeMap<>(integers));
  }

  /** Values without integers that have to be more than numbers of a file. */
  public ReleaseValues(ObjectNode document, Set<JsonPointer> secrets) {
    this(document, secrets, Collections.emptySortedMap());
  }

  /** What HelmChart and HelmChartConfig supply. */
  public static ReleaseValues of(MergedValues values) {
    SortedMap<String, Long> integers = new TreeMap<>();
    values.setArguments().stream()
        .filter(it -> it.flag() == SetArgument.Flag.SET)
        .forEach(
            it ->
                Optional.ofNullable(Longs.tryParse(it.argument().substring(it.key().length() + 1)))
                    .filter(number -> Math.abs((double) number) >= PRINTED_WITH_EXPONENT)
                    .ifPresent(number -> integers.put(it.key(), number)));
    return new ReleaseValues(values.supplied(), values.secrets(), integers);
  }

  /** Values all of which are to stay out of messages. */
  public static ReleaseValues of(ObjectNode document) {
    return new ReleaseValues(document, Set.of(JsonPointer.empty()));
  }

  /** No values but the chart's own. */
  public static ReleaseValues none() {
    return of(JsonNodeFactory.instance.objectNode());
  }

  @Override
  public ObjectNode document() {
    return document.deepCopy();
  }

  @Override
  public String toString() {
    return "ReleaseValues[" + document.size() + " top-level keys]";
  }
}
