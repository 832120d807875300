package dev.plinth.slot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.cluster.ClusterApi;
import java.util.List;
import java.util.stream.Stream;

/**
 * A MetalLB that serves Services without a class: it and an add-on would give each of them
 * addresses in turn. It is known by its API group, and by the labels that its manifests and its
 * chart put on its controller.
 */
final class LoadBalancerOccupants {

  private static final String GROUP = "/apis/metallb.io";
  private static final List<String> CONTROLLERS =
      List.of(
          "app=metallb,component=controller",
          "app.kubernetes.io/name=metallb,app.kubernetes.io/component=controller");

  /** With it, MetalLB leaves Services without a class alone. */
  private static final String OWN_CLASS = "--lb-class=";

  private final ClusterApi api;

  LoadBalancerOccupants(ClusterApi api) {
    this.api = api;
  }

  List<String> find() {
    if (api.get(GROUP).isEmpty()) {
      return List.of();
    }
    return CONTROLLERS.stream()
        .flatMap(labels -> Items.selected(api, "/apis/apps/v1/deployments", labels).stream())
        .filter(it -> it.path("status").path("readyReplicas").asInt() > 0)
        .filter(it -> arguments(it).noneMatch(argument -> argument.startsWith(OWN_CLASS)))
        .map(it -> it.path("metadata"))
        .map(
            it ->
                "MetalLB runs, as Deployment %s/%s"
                    .formatted(it.path("namespace").asText(), it.path("name").asText()))
        .distinct()
        .toList();
  }

  private static Stream<String> arguments(JsonNode deployment) {
    return deployment
        .path("spec")
        .path("template")
        .path("spec")
        .path("containers")
        .findValues("args")
        .stream()
        .flatMap(it -> Stream.iterate(0, i -> i < it.size(), i -> i + 1).map(it::get))
        .map(JsonNode::asText);
  }
}
