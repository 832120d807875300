package dev.plinth.deploy;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What is the matter with one object of an Addon.
 *
 * @param object {@code Kind namespace/name}
 * @param location where it is declared, {@code file:line:column}; empty if no manifest declares it
 * @param reason one CamelCase word
 * @param message what a person should know, never with contents of a Secret
 */
public record AddonProblem(String object, String location, String reason, String message) {

  public AddonProblem {
    requireNonNull(object, "object");
    requireNonNull(location, "location");
    requireNonNull(reason, "reason");
    message = Enumeration.shortened(message);
  }

  /** {@code object: message}. */
  public String describe() {
    return object + ": " + message;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("object", object);
    if (!location.isEmpty()) {
      json.put("location", location);
    }
    return json.put("reason", reason).put("message", message);
  }
}
