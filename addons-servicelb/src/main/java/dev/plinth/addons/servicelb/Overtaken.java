package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Objects;

/**
 * Finds the changes that nobody tells of. The SDK (5.3.2) drops each event that arrives while we
 * write and is older than our write, as if it were a part of that; so somebody's change of a
 * Service between our look at it and our write of its status would wait for the next event.
 */
final class Overtaken {

  private Overtaken() {}

  /**
   * Whether a Service was changed by somebody while it was worked on.
   *
   * @param looked as it was looked at
   * @param now where it is as it was last seen
   */
  static boolean is(Service looked, IndexedResourceCache<Service> now) {
    return now.get(ResourceID.fromResource(looked))
        .filter(it -> differ(Trimmed.service(looked), Trimmed.service(it)))
        .isPresent();
  }

  private static boolean differ(Service before, Service after) {
    ObjectMeta was = before.getMetadata();
    ObjectMeta is = after.getMetadata();
    return !Objects.equals(before.getSpec(), after.getSpec())
        || !Objects.equals(was.getLabels(), is.getLabels())
        || !Objects.equals(was.getAnnotations(), is.getAnnotations())
        || !Objects.equals(was.getDeletionTimestamp(), is.getDeletionTimestamp());
  }
}
