package dev.plinth.apply;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.ClusterApi.Applied;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.cluster.ResourceKind;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;

/**
 * Writes that say which version of an object they mean, so that one that arrives late, of a server
 * that does not lead any more, changes nothing that another one has written since. Of an object
 * that has changed in what does not matter, such as its status, the new version is meant then.
 */
final class GuardedWrites {

  private static final int MOST_ATTEMPTS = 5;
  private static final String FIELD_CONFLICT = "FieldManagerConflict";

  private final ClusterApi api;
  private final OwnedObjects owned;

  GuardedWrites(ClusterApi api, OwnedObjects owned) {
    this.api = api;
    this.owned = owned;
  }

  /**
   * Applies to the version that is known; if none is, to what there is, or creates it.
   *
   * @throws KubernetesClientException 409 if fields are somebody else's, or the object has become
   *     another one, or somebody else's
   */
  Applied apply(DesiredObject desired, ObjectNode body, boolean force) {
    ResourceKind kind = desired.kind();
    Optional<ObservedObject> known = owned.find(kind, desired.namespace(), desired.name());
    for (int attempt = 1; ; attempt++) {
      setVersion(body, known);
      try {
        return api.apply(kind, body, force);
      } catch (KubernetesClientException e) {
        if (known.isEmpty() || !isOtherVersion(e) || attempt == MOST_ATTEMPTS) {
          throw e;
        }
        ObservedObject meant = known.get();
        known = look(meant);
        if (known.filter(it -> !isSame(it, meant)).isPresent()) {
          throw e;
        }
      }
    }
  }

  /**
   * Deletes an object as it is known.
   *
   * @throws KubernetesClientException 409 if it has become somebody else's, or is not to be deleted
   */
  void delete(ObservedObject object) {
    ObservedObject known = object;
    for (int attempt = 1; ; attempt++) {
      try {
        api.delete(
            known.kind(), known.namespace(), known.name(), known.uid(), known.resourceVersion());
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw e;
        }
        Optional<ObservedObject> now = look(known).filter(it -> object.uid().equals(it.uid()));
        if (now.isEmpty()) {
          return;
        }
        if (attempt == MOST_ATTEMPTS || !isSame(now.get(), known)) {
          throw e;
        }
        known = now.get();
      }
    }
  }

  private Optional<ObservedObject> look(ObservedObject object) {
    return api.get(object.kind(), object.namespace(), object.name())
        .map(it -> owned.reduce(object.kind(), it));
  }

  /** Whether what was decided about an object still goes for it. */
  private static boolean isSame(ObservedObject now, ObservedObject then) {
    return then.uid().equals(now.uid())
        && now.applySetId().equals(then.applySetId())
        && now.applied().equals(then.applied())
        && now.pruneDisabled() == then.pruneDisabled()
        && now.deleteAllowed() == then.deleteAllowed();
  }

  /** Also an object that is gone is none of this version. */
  private static boolean isOtherVersion(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
        || e.getCode() == HttpURLConnection.HTTP_CONFLICT
            && Optional.ofNullable(e.getStatus())
                .map(Status::getDetails)
                .map(StatusDetails::getCauses)
                .stream()
                .flatMap(List<StatusCause>::stream)
                .noneMatch(it -> FIELD_CONFLICT.equals(it.getReason()));
  }

  /** The UID besides, for what is gone would be made anew by a version alone. */
  private static void setVersion(ObjectNode body, Optional<ObservedObject> known) {
    ObjectNode metadata = (ObjectNode) body.path("metadata");
    metadata.remove(List.of("uid", "resourceVersion"));
    known.ifPresent(
        it -> metadata.put("uid", it.uid()).put("resourceVersion", it.resourceVersion()));
  }
}
