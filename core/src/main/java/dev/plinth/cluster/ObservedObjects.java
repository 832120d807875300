package dev.plinth.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.health.HealthRules;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reduces live objects to what is kept of them. */
final class ObservedObjects {

  private static final String MANAGED_FIELDS = "managedFields";

  private final String fieldManager;
  private final HealthRules health;
  private final ObjectMapper mapper = JsonMapper.builder().build();

  ObservedObjects(String fieldManager, HealthRules health) {
    this.fieldManager = fieldManager;
    this.health = health;
  }

  ObservedObject observe(ResourceKind kind, ObjectNode live) {
    try {
      // Managed fields are most of a small object; they are read as a tree, and bound for nothing.
      ObjectNode slim = JsonNodeFactory.instance.objectNode().setAll(live);
      ObjectNode metadata = slim.putObject("metadata");
      live.path("metadata").properties().stream()
          .filter(it -> !it.getKey().equals(MANAGED_FIELDS))
          .forEach(it -> metadata.set(it.getKey(), it.getValue()));
      return observe(
          kind,
          mapper.treeToValue(slim, GenericKubernetesResource.class),
          live.path("metadata").path(MANAGED_FIELDS));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no object of the API: " + kind.kind(), e);
    }
  }

  ObservedObject observe(ResourceKind kind, GenericKubernetesResource live) {
    return observe(kind, live, mapper.valueToTree(live.getMetadata().getManagedFields()));
  }

  private ObservedObject observe(
      ResourceKind kind, GenericKubernetesResource live, JsonNode managedFields) {
    ObjectMeta metadata = live.getMetadata();
    Map<String, String> labels = orEmpty(metadata.getLabels());
    Map<String, String> annotations = orEmpty(metadata.getAnnotations());
    return new ObservedObject(
        kind,
        Optional.ofNullable(metadata.getNamespace()).orElse(""),
        metadata.getName(),
        metadata.getUid(),
        metadata.getResourceVersion(),
        labels.getOrDefault(Labels.APPLYSET_PART_OF, ""),
        annotations.getOrDefault(Labels.APPLIED, ""),
        annotations.getOrDefault(Labels.DRIFT, ""),
        FieldSet.appliedBy(fieldManager, managedFields),
        metadata.getOwnerReferences().stream()
            .map(OwnerReference::getController)
            .anyMatch(Boolean.TRUE::equals),
        metadata.getDeletionTimestamp() != null,
        "allow".equals(annotations.get(Labels.DELETE)),
        "false".equals(labels.get(Labels.K3S_PRUNE)),
        podSelector(live),
        health.evaluate(live));
  }

  private static Map<String, String> podSelector(GenericKubernetesResource live) {
    Map<String, String> selector = new TreeMap<>();
    if (live.get("spec", "selector", "matchLabels") instanceof Map<?, ?> labels) {
      labels.forEach((key, value) -> selector.put(String.valueOf(key), String.valueOf(value)));
    }
    return selector;
  }

  private static Map<String, String> orEmpty(Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
