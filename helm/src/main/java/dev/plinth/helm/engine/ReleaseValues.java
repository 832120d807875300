package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * The values that a user gives a chart, merged, without the chart's defaults. They are in no
 * message, log or {@code toString}.
 *
 * @param document the values; a null in it takes a default of the chart away
 * @param secrets where in the document secrets are; the scalars there and below are taken out of
 *     Helm's messages. The root pointer means all of them.
 */
public record ReleaseValues(ObjectNode document, Set<JsonPointer> secrets) {

  public ReleaseValues {
    document = requireNonNull(document, "document").deepCopy();
    secrets = Set.copyOf(secrets);
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
