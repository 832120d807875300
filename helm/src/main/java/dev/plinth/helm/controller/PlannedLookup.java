package dev.plinth.helm.controller;

import dev.plinth.apply.PlannedObject;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Secrets and ConfigMaps as they would be after a plan. Each is asked for once, and not watched.
 */
final class PlannedLookup implements ReferenceLookup {

  private final KubernetesClient client;
  private final Map<ReferencedObject, Optional<HasMetadata>> planned = new HashMap<>();

  /**
   * @param planned what differs from the cluster; empty: the cluster as it is
   */
  PlannedLookup(KubernetesClient client, List<PlannedObject> planned) {
    this.client = client;
    planned.forEach(this::note);
  }

  private void note(PlannedObject it) {
    if (!it.object().apiVersion().equals("v1")) {
      return;
    }
    String namespace = it.object().namespace().isEmpty() ? "default" : it.object().namespace();
    if (it.object().kind().equals("Secret")) {
      planned.put(
          ReferencedObject.secret(namespace, it.object().name()), content(it, Secret.class));
    } else if (it.object().kind().equals("ConfigMap")) {
      planned.put(
          ReferencedObject.configMap(namespace, it.object().name()), content(it, ConfigMap.class));
    }
  }

  private Optional<HasMetadata> content(PlannedObject it, Class<? extends HasMetadata> type) {
    return it.content().map(tree -> client.getKubernetesSerialization().convertValue(tree, type));
  }

  @Override
  public Map<ReferencedObject, ReferencedContent> read(
      ResourceID chart, Collection<Reference> references) {
    Map<ReferencedObject, Reference.Keys> wanted = new LinkedHashMap<>();
    references.forEach(it -> wanted.merge(it.object(), it.keys(), Reference.Keys::and));
    Map<ReferencedObject, ReferencedContent> contents = new LinkedHashMap<>();
    wanted.forEach((object, keys) -> contents.put(object, read(object, keys)));
    return contents;
  }

  private ReferencedContent read(ReferencedObject object, Reference.Keys keys) {
    if (planned.containsKey(object)) {
      return ReferencedType.contentOf(object.kind(), planned.get(object), keys);
    }
    try {
      return ReferencedType.of(object.kind()).get(client, object, keys);
    } catch (KubernetesClientException e) {
      return new ReferencedContent.Unreadable(ObjectWatch.message(e));
    }
  }
}
