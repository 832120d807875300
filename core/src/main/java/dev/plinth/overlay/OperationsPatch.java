package dev.plinth.overlay;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestProblem;
import dev.plinth.manifest.SourceLocation;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.List;
import java.util.Locale;

/**
 * A JSON patch (RFC 6902).
 *
 * @param operations what is done, in this order
 */
record OperationsPatch(OverlayTarget target, SourceLocation location, List<Operation> operations)
    implements OverlayPatch {

  OperationsPatch {
    operations = List.copyOf(operations);
  }

  /**
   * One operation.
   *
   * @param json as RFC 6902 has it; checked
   * @param location where it begins
   */
  record Operation(ObjectNode json, SourceLocation location) {

    String op() {
      return json.path("op").asText();
    }

    String path() {
      return json.path("path").asText();
    }
  }

  @Override
  public ObjectNode applyTo(ObjectNode object) {
    JsonNode result = object;
    // One by one, to tell which one fails.
    for (int i = 0; i < operations.size(); i++) {
      result = apply(operations.get(i), i, result);
    }
    if (!(result instanceof ObjectNode patched)) {
      throw problem(
          location,
          "patch",
          "found that nothing but a %s is left, expected an object"
              .formatted(result.getNodeType().name().toLowerCase(Locale.ROOT)));
    }
    return patched;
  }

  private JsonNode apply(Operation operation, int index, JsonNode object) {
    String field = "patch[%d]".formatted(index);
    // The library takes the removal of what is not there for done.
    if (operation.op().equals("remove")
        && object.at(JsonPointer.compile(operation.path())).isMissingNode()) {
      throw problem(operation, field, "there is nothing at " + operation.path());
    }
    try {
      return JsonPatch.apply(JsonNodeFactory.instance.arrayNode().add(operation.json()), object);
    } catch (JsonPatchException e) {
      // Of a test the library quotes both values.
      boolean isTest = operation.op().equals("test");
      throw problem(
          operation,
          field,
          isTest
              ? "the test of %s fails".formatted(operation.path())
              : "%s %s: %s"
                  .formatted(
                      operation.op(),
                      operation.path(),
                      e.toString().replaceFirst("^\\[\\w+ Operation] ", "")));
    } catch (IllegalStateException e) {
      throw problem(
          operation,
          field,
          "%s %s: found a list, expected an index or '-' where it is"
              .formatted(operation.op(), operation.path()));
    }
  }

  private static ManifestException problem(Operation operation, String field, String message) {
    return problem(operation.location(), field, message);
  }

  private static ManifestException problem(SourceLocation place, String field, String message) {
    return new ManifestException(
        place.source(), List.of(new ManifestProblem(place, field, message)));
  }
}
