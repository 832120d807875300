package dev.plinth.helm.controller;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the manifest file that declares an object: its set's Addon names it (KEP-3659). */
final class DeclaringFile {

  private static final Logger LOG = LoggerFactory.getLogger(DeclaringFile.class);
  private static final String PART_OF = "applyset.kubernetes.io/part-of";
  private static final String ID = "applyset.kubernetes.io/id";

  private final KubernetesClient client;

  DeclaringFile(KubernetesClient client) {
    this.client = client;
  }

  /** Where it lies on the server; empty if no file declares the object, or that can't be seen. */
  Optional<String> of(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    if (labels == null || !labels.containsKey(PART_OF)) {
      return Optional.empty();
    }
    try {
      return client
          .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
          .inAnyNamespace()
          .withLabel(ID, labels.get(PART_OF))
          .list()
          .getItems()
          .stream()
          .flatMap(it -> source(it).stream())
          .findFirst();
    } catch (KubernetesClientException e) {
      LOG.debug("The file of {} can't be looked up", object.getMetadata().getName(), e);
      return Optional.empty(); // what is wrong is told all the same
    }
  }

  private static Optional<String> source(GenericKubernetesResource addon) {
    String source = addon.get("spec", "source");
    return Optional.ofNullable(source).filter(it -> !it.isEmpty());
  }
}
