package dev.plinth.helm.engine;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** Looks for the objects that a manifest names. */
final class LiveObjects {

  private LiveObjects() {}

  /** The object; empty if it, or its kind, does not exist. */
  static Optional<GenericKubernetesResource> find(
      KubernetesClient client, GenericKubernetesResource reference) {
    if (!client.supports(reference.getApiVersion(), reference.getKind())) {
      return Optional.empty();
    }
    return Optional.ofNullable(client.resource(reference).get());
  }
}
