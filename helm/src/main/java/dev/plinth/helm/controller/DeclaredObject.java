package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.manifest.ObjectReference;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * An object of a release as Helm sends it to the API server: what the manifest says, in the
 * release's namespace if it names none, with the marks of the release. Kept as text, since there is
 * one for each object of each release. May hold a Secret.
 *
 * @param reference its namespace is empty if the manifest names none
 */
record DeclaredObject(ObjectReference reference, ReleaseName release, String json) {

  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String RELEASE_NAME = "meta.helm.sh/release-name";
  private static final String RELEASE_NAMESPACE = "meta.helm.sh/release-namespace";

  /** What only the server sets, or what nobody may take for a declaration. */
  private static final List<String> SERVER_SET =
      List.of(
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "generation",
          "managedFields",
          "resourceVersion",
          "selfLink",
          "uid");

  DeclaredObject {
    requireNonNull(reference, "reference");
    requireNonNull(release, "release");
    requireNonNull(json, "json");
  }

  static DeclaredObject of(ObjectNode document, ReleaseName release) {
    JsonNode metadata = document.path("metadata");
    return new DeclaredObject(
        new ObjectReference(
            document.path("apiVersion").asText(),
            document.path("kind").asText(),
            metadata.path("namespace").asText(""),
            metadata.path("name").asText()),
        release,
        document.toString());
  }

  /** The object that this is, now that its kind is known. */
  ObjectKey key(ResourceKind kind) {
    String namespace =
        reference.namespace().isEmpty() ? release.namespace() : reference.namespace();
    return new ObjectKey(kind, kind.namespaced() ? namespace : "", reference.name());
  }

  /** What Helm sends. */
  ObjectNode body(ResourceKind kind) {
    ObjectNode body = Json.object(json);
    body.remove("status");
    ObjectNode metadata = body.withObjectProperty("metadata");
    metadata.remove(SERVER_SET);
    if (kind.namespaced()) {
      metadata.put("namespace", key(kind).namespace());
    } else {
      metadata.remove("namespace");
    }
    map(metadata, "labels").put(MANAGED_BY, "Helm");
    ObjectNode annotations = map(metadata, "annotations");
    annotations.remove(List.of(Content.LAST_APPLIED, Labels.DRIFT));
    annotations.put(RELEASE_NAME, release.name()).put(RELEASE_NAMESPACE, release.namespace());
    if (kind.groupKind().equals("Secret")) {
      encodeStringData(body);
    }
    return body;
  }

  /** What the manifest says about drift of the object; empty if nothing. */
  Optional<String> driftPolicy() {
    return Optional.of(Json.object(json).at("/metadata/annotations").path(Labels.DRIFT))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
  }

  /** Whether the server deletes the object by itself once its work is done. */
  boolean expires() {
    return reference.kind().equals("Job")
        && Json.object(json).path("spec").hasNonNull("ttlSecondsAfterFinished");
  }

  String digest() {
    return Hashing.sha256().hashString(json, UTF_8).toString();
  }

  private static ObjectNode map(ObjectNode metadata, String field) {
    return metadata.path(field) instanceof ObjectNode map ? map : metadata.putObject(field);
  }

  /** The server keeps {@code data} only; a map of something else is left for it to refuse. */
  private static void encodeStringData(ObjectNode secret) {
    if (secret.path("stringData") instanceof ObjectNode texts
        && texts.valueStream().allMatch(JsonNode::isTextual)) {
      ObjectNode data = map(secret, "data");
      texts
          .properties()
          .forEach(
              it ->
                  data.put(
                      it.getKey(),
                      Base64.getEncoder().encodeToString(it.getValue().asText().getBytes(UTF_8))));
      secret.remove("stringData");
    }
  }

  @Override
  public String toString() {
    return reference.toString();
  }
}
