package dev.plinth.overlay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.manifest.SourceLocation;

/**
 * A JSON merge patch (RFC 7386): mappings are merged, null removes a field, everything else, lists
 * too, takes the place of what was there.
 *
 * @param changes the fields to change, without those that tell which object is meant
 */
record MergePatch(OverlayTarget target, SourceLocation location, ObjectNode changes)
    implements OverlayPatch {

  @Override
  public ObjectNode applyTo(ObjectNode object) {
    return merged(object, changes);
  }

  private static ObjectNode merged(JsonNode before, ObjectNode patch) {
    ObjectNode result =
        before instanceof ObjectNode object
            ? object.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    patch
        .properties()
        .forEach(
            it -> {
              if (it.getValue().isNull()) {
                result.remove(it.getKey());
              } else if (it.getValue() instanceof ObjectNode inner) {
                result.set(it.getKey(), merged(result.path(it.getKey()), inner));
              } else {
                result.set(it.getKey(), it.getValue().deepCopy());
              }
            });
    return result;
  }
}
