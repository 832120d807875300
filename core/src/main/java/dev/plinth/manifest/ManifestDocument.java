package dev.plinth.manifest;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One object declared by a manifest.
 *
 * @param content the object as declared; treated as immutable: whoever changes it works on a {@code
 *     deepCopy()}
 * @param location where its declaration begins
 */
public record ManifestDocument(ObjectNode content, SourceLocation location) {

  public ManifestDocument {
    requireNonNull(content, "content");
    requireNonNull(location, "location");
  }

  /** Which object it declares. */
  public ObjectReference reference() {
    return new ObjectReference(
        content.path("apiVersion").asText(),
        content.path("kind").asText(),
        content.path("metadata").path("namespace").asText(""),
        content.path("metadata").path("name").asText());
  }
}
