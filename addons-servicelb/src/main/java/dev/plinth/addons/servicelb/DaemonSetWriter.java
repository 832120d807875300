package dev.plinth.addons.servicelb;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Applies DaemonSets where they differ from their declarations. */
final class DaemonSetWriter {

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private final Context<Service> context;
  private final InformerEventSource<DaemonSet, Service> source;

  /**
   * @param source is told what was written
   */
  DaemonSetWriter(Context<Service> context, InformerEventSource<DaemonSet, Service> source) {
    this.context = context;
    this.source = source;
  }

  /** Whether a DaemonSet was applied from this declaration, and nobody has changed it since. */
  static boolean isUpToDate(DaemonSet live, DaemonSet declared) {
    return Objects.equals(applied(live), applied(declared))
        && holds(json(live.getMetadata().getLabels()), json(declared.getMetadata().getLabels()))
        && holds(json(live.getSpec()), json(declared.getSpec()));
  }

  /**
   * Applies a declaration.
   *
   * @param current the DaemonSet as it is known, if it is
   */
  DaemonSet apply(DaemonSet declared, Optional<DaemonSet> current) {
    current.filter(it -> Ownership.takenOver(it).isPresent()).ifPresent(this::takeOver);
    return context.resourceOperations().serverSideApply(declared, source);
  }

  /** What K3s has declared and we do not, such as a node selector, is removed by the apply then. */
  private void takeOver(DaemonSet daemonSet) {
    KubernetesClient client = context.getClient();
    DaemonSet live = client.resource(daemonSet).get();
    Optional<List<ManagedFieldsEntry>> fields =
        Optional.ofNullable(live).flatMap(Ownership::takenOver);
    if (fields.isPresent()) {
      client
          .resource(live)
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.JSON)
                  .withFieldManager(Ownership.MANAGER)
                  .build(),
              ServiceWriter.replacement(live.getMetadata().getResourceVersion(), fields.get()));
    }
  }

  private static String applied(DaemonSet daemonSet) {
    Map<String, String> annotations = daemonSet.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(Names.APPLIED);
  }

  private static JsonNode json(Object object) {
    return SERIALIZATION.convertValue(object, JsonNode.class);
  }

  /** Whether everything declared is there; the server's defaults and others' additions may be. */
  private static boolean holds(JsonNode live, JsonNode declared) {
    if (declared.isObject()) {
      return declared.properties().stream()
          .allMatch(it -> live.has(it.getKey()) && holds(live.get(it.getKey()), it.getValue()));
    }
    if (declared.isArray()) {
      Iterator<JsonNode> rest = live.iterator();
      for (JsonNode element : declared) {
        if (!advanceTo(element, rest)) {
          return false;
        }
      }
      return true;
    }
    return live.equals(declared);
  }

  private static boolean advanceTo(JsonNode declared, Iterator<JsonNode> rest) {
    while (rest.hasNext()) {
      if (holds(rest.next(), declared)) {
        return true;
      }
    }
    return false;
  }
}
