package dev.plinth.slot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.cluster.ClusterApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Default IngressClasses of other controllers: with two defaults the API server lets the newer one
 * win, and an Ingress that names no class is given to it.
 */
final class IngressOccupants {

  private static final String DEFAULT = "ingressclass.kubernetes.io/is-default-class";

  private final ClusterApi api;

  IngressOccupants(ClusterApi api) {
    this.api = api;
  }

  /**
   * @param provided what the add-on that fills the slot provides; among it the name of its
   *     controller, as IngressClasses have it in {@code spec.controller}
   */
  List<String> find(Set<String> provided) {
    List<String> found = new ArrayList<>();
    for (JsonNode it : Items.of(api, "/apis/networking.k8s.io/v1/ingressclasses")) {
      String controller = it.path("spec").path("controller").asText();
      if (it.path("metadata").path("annotations").path(DEFAULT).asText().equals("true")
          && !provided.contains(controller)) {
        found.add(
            "IngressClass %s of controller %s is a default"
                .formatted(it.path("metadata").path("name").asText(), controller));
      }
    }
    return found;
  }
}
