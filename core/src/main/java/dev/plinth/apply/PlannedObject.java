package dev.plinth.apply;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.manifest.ObjectReference;
import java.util.Optional;

/**
 * An object as it would be after a plan. May hold a Secret, so its content is not in {@code
 * toString}.
 *
 * @param object which object
 * @param content what the API server made of it in a dry run, or what is declared if it could not
 *     try; empty if the object would be deleted
 */
public record PlannedObject(ObjectReference object, Optional<ObjectNode> content) {

  public PlannedObject {
    requireNonNull(object, "object");
    requireNonNull(content, "content");
  }

  @Override
  public String toString() {
    return content.isPresent() ? object.toString() : object + " (deleted)";
  }
}
