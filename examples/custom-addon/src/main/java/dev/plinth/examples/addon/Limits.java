package dev.plinth.examples.addon;

import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;

/**
 * The LimitRanges in the cluster.
 *
 * @param client for all requests
 * @param fieldManager who writes
 * @param memory the limit
 */
record Limits(KubernetesClient client, String fieldManager, Quantity memory) {

  /** Of a namespace that is to have one: {@code "true"}. */
  static final String LABEL = "default-limits.example.org/enabled";

  /** By which what belongs to an add-on is found. */
  static final String OWNER_LABEL = "plinth.dev/addon";

  static final String OWNER = "default-limits";

  LimitRange desired(String namespace) {
    return new LimitRangeBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName("default-limits")
        .addToLabels(OWNER_LABEL, OWNER)
        .endMetadata()
        .withNewSpec()
        .addNewLimit()
        .withType("Container")
        .addToDefault("memory", memory)
        .endLimit()
        .endSpec()
        .build();
  }

  /** Whether there is nothing to write. */
  boolean isAsDesired(LimitRange live) {
    return live.getSpec().getLimits().size() == 1
        && Map.of("memory", memory).equals(live.getSpec().getLimits().get(0).getDefault());
  }

  void apply(String namespace) {
    client
        .resource(desired(namespace))
        .fieldManager(fieldManager)
        .forceConflicts()
        .serverSideApply();
  }

  void delete(LimitRange live) {
    client.resource(live).delete();
  }

  void deleteAll() {
    client
        .limitRanges()
        .inAnyNamespace()
        .withLabel(OWNER_LABEL, OWNER)
        .list()
        .getItems()
        .forEach(this::delete);
  }
}
