package dev.plinth.addons.traefik;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Set;

/** The definitions that the chart has brought. */
final class TraefikDefinitions {

  private static final Set<String> GROUPS = Set.of("traefik.io", "hub.traefik.io");

  /** What the Helm controller writes on a definition: the chart that brought it last. */
  private static final String CHART = "plinth.dev/chart";

  private final KubernetesClient client;

  TraefikDefinitions(KubernetesClient client) {
    this.client = client;
  }

  /** Deletes them, with all objects of their kinds; those that somebody else has brought stay. */
  void delete() {
    client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
        .filter(TraefikDefinitions::isOurs)
        .forEach(it -> client.resource(it).lockResourceVersion().delete());
  }

  private static boolean isOurs(CustomResourceDefinition definition) {
    Map<String, String> annotations = definition.getMetadata().getAnnotations();
    return GROUPS.contains(definition.getSpec().getGroup())
        && annotations != null
        && annotations.getOrDefault(CHART, "").startsWith(TraefikAddon.NAME + "-");
  }
}
