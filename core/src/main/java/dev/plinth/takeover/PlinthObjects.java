package dev.plinth.takeover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.Definitions;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.deploy.AddonResource;
import dev.plinth.manifest.ObjectReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that Plinth has in a cluster.
 *
 * @param addons the Addons
 * @param members their objects, and the definitions that add-ons have brought
 */
record PlinthObjects(List<Owned> addons, List<Owned> members) {

  private static final String ADDON_DEFINITION = "addons.k3s.cattle.io";

  /** A live object. */
  record Owned(ResourceKind kind, ObjectNode live) {

    ObjectReference reference() {
      JsonNode metadata = live.path("metadata");
      return new ObjectReference(
          kind.apiVersion(),
          kind.kind(),
          metadata.path("namespace").asText(""),
          metadata.path("name").asText());
    }

    /** The add-on that it belongs to, or its own name. */
    String owner() {
      JsonNode metadata = live.path("metadata");
      return metadata.path("labels").path(Labels.ADDON).asText(metadata.path("name").asText());
    }
  }

  /** Looks; writes nothing. */
  static PlinthObjects find(ClusterApi api) {
    Discovery discovery = new Discovery(api);
    List<Owned> addons = new ArrayList<>();
    Map<String, AddonResource> sets = new HashMap<>();
    Set<ResourceKind> kinds = new LinkedHashSet<>();
    if (discovery.serves(AddonResource.KIND.apiVersion())) {
      for (ObjectNode live : api.list(AddonResource.KIND, Labels.APPLYSET_ID)) {
        AddonResource record = AddonResource.parse(live);
        addons.add(new Owned(AddonResource.KIND, live));
        sets.put(record.membership().applySetId(), record);
        record.recordedKinds().stream()
            .flatMap(it -> discovery.find(it.apiVersion(), it.kind()).stream())
            .forEach(kinds::add);
      }
    }
    Map<ObjectReference, Owned> members = new LinkedHashMap<>();
    for (ResourceKind kind : kinds) {
      for (ObjectNode live : api.list(kind, Labels.APPLYSET_PART_OF)) {
        if (sets.containsKey(setOf(live)) && isApplied(api, live)) {
          add(members, new Owned(kind, live));
        }
      }
    }
    for (ObjectNode live : api.list(Definitions.KIND, Labels.ADDON)) {
      add(members, new Owned(Definitions.KIND, live));
    }
    api.get(Definitions.KIND, "", ADDON_DEFINITION)
        .filter(it -> isApplied(api, it))
        .ifPresent(it -> add(members, new Owned(Definitions.KIND, it)));
    return new PlinthObjects(addons, List.copyOf(members.values()));
  }

  private static void add(Map<ObjectReference, Owned> members, Owned object) {
    members.putIfAbsent(object.reference(), object);
  }

  private static String setOf(ObjectNode live) {
    return live.path("metadata").path("labels").path(Labels.APPLYSET_PART_OF).asText();
  }

  private static boolean isApplied(ClusterApi api, ObjectNode live) {
    return !FieldSet.appliedBy(api.fieldManager(), live.path("metadata").path("managedFields"))
        .isEmpty();
  }
}
