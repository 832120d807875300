package dev.plinth.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.Concurrently;
import dev.plinth.apply.K3sObjects.Found;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.FieldTransfer;
import dev.plinth.cluster.Labels;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Makes an Addon of K3s's and its objects Plinth's as they are, without its manifest: each object
 * keeps every value, and what K3s wrote of it is what Plinth applies. So a manifest that comes
 * later finds them as if Plinth had applied the last one.
 */
public final class AddonAdoption {

  private static final String K3S_PREFIX = "objectset.rio.cattle.io/";

  private final ClusterApi api;
  private final AddonResources addons;
  private final Concurrently concurrently;

  /**
   * @param addons watched, so that they are known
   * @param concurrently bounds the concurrency of requests
   */
  public AddonAdoption(ClusterApi api, AddonResources addons, Concurrently concurrently) {
    this.api = api;
    this.addons = addons;
    this.concurrently = concurrently;
  }

  /** What became of an object: empty if it was adopted, or else why not. */
  public record Adopted(ObjectReference object, Optional<String> failure) {}

  /**
   * Adopts; what was adopted in an earlier run that was cut is found so.
   *
   * @param record the Addon, with the add-on that it is to belong to
   * @param objects of K3s's, all that it has
   * @return one for each object; the Addon stays K3s's, to be adopted again, if one failed
   */
  public List<Adopted> adopt(AddonResource record, Collection<Found> objects)
      throws InterruptedException {
    List<ObjectReference> references = objects.stream().map(AddonAdoption::referenceTo).toList();
    addons.write(record.widened(references));
    List<Adopted> adopted =
        objects.isEmpty() ? List.of() : concurrently.map(objects, it -> adopt(record, it));
    if (adopted.stream().allMatch(it -> it.failure().isEmpty())) {
      // What it holds is not narrowed to what was found: an earlier run may have adopted the rest.
      addons.adopted(record.name());
    }
    return adopted;
  }

  /** Which object was found. */
  public static ObjectReference referenceTo(Found found) {
    JsonNode metadata = found.live().path("metadata");
    return new ObjectReference(
        found.kind().apiVersion(),
        found.kind().kind(),
        metadata.path("namespace").asText(""),
        metadata.path("name").asText());
  }

  private Adopted adopt(AddonResource record, Found found) {
    ObjectReference reference = referenceTo(found);
    try {
      ObjectNode ours =
          FieldTransfer.fromK3s(found.live(), api.fieldManager())
              .map(it -> api.transfer(found.kind(), reference.namespace(), reference.name(), it))
              .orElse(found.live());
      api.apply(found.kind(), declared(record, ours), true);
      return new Adopted(reference, Optional.empty());
    } catch (KubernetesClientException e) {
      return new Adopted(reference, Optional.of(String.valueOf(e.getMessage())));
    }
  }

  /** What Plinth has applied of the object, had it applied K3s's manifest. */
  private ObjectNode declared(AddonResource record, ObjectNode live) {
    ObjectNode body =
        FieldSet.appliedBy(api.fieldManager(), live.path("metadata").path("managedFields"))
            .extract(live);
    ObjectNode metadata = (ObjectNode) body.path("metadata");
    for (String map : List.of("labels", "annotations")) {
      if (metadata.path(map) instanceof ObjectNode entries) {
        entries
            .properties()
            .removeIf(
                it -> it.getKey().startsWith(K3S_PREFIX) && !it.getKey().equals(Labels.K3S_PRUNE));
      }
    }
    ObjectNode labels = metadata.withObjectProperty("labels");
    labels.put(Labels.APPLYSET_PART_OF, record.membership().applySetId());
    record.addon().ifPresent(it -> labels.put(Labels.ADDON, it));
    return body;
  }
}
