package dev.plinth.helm.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.manifest.ObjectReference;
import java.util.List;
import java.util.Optional;

/**
 * Objects that are in the cluster already although a release is to create them. Helm takes those
 * that carry the marks of the release, and others only if it is told to.
 */
final class ExistingObjects {

  private static final String RELEASE_NAME = "meta.helm.sh/release-name";
  private static final String RELEASE_NAMESPACE = "meta.helm.sh/release-namespace";

  private final ClusterApi api;
  private final Discovery discovery;

  ExistingObjects(ClusterApi api, Discovery discovery) {
    this.api = api;
    this.discovery = discovery;
  }

  /** The preview of an object, as the object that is there now makes it. */
  ObjectPreview consider(ObjectPreview preview, ReleaseName release, boolean takeOwnership) {
    Optional<ObjectNode> live =
        preview.change() == Change.CREATE ? find(preview.object()) : Optional.empty();
    if (live.isEmpty()) {
      return preview;
    }
    JsonNode annotations = live.get().at("/metadata/annotations");
    String name = annotations.path(RELEASE_NAME).asText("");
    String namespace = annotations.path(RELEASE_NAMESPACE).asText("");
    boolean isOwn = name.equals(release.name()) && namespace.equals(release.namespace());
    if (isOwn || takeOwnership) {
      return with(
          preview, Change.CHANGE, preview.message() + ": it is there already, and is taken over");
    }
    return with(
        preview,
        Change.FAIL,
        "%s: it is there already and %s; spec.takeOwnership makes it the release's"
            .formatted(
                preview.message(),
                name.isEmpty()
                    ? "belongs to no release"
                    : "belongs to the release %s/%s".formatted(namespace, name)));
  }

  private Optional<ObjectNode> find(ObjectReference object) {
    return discovery
        .find(object.apiVersion(), object.kind())
        .flatMap(it -> api.get(it, object.namespace(), object.name()));
  }

  private static ObjectPreview with(ObjectPreview preview, Change change, String message) {
    return new ObjectPreview(preview.object(), change, false, List.of(), message);
  }
}
