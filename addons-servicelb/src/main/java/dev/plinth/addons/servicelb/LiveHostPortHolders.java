package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Asks the API server for the pods of a node: they can be anybody's, and all pods of a cluster are
 * too many to keep in memory for a question that is rarely asked.
 */
final class LiveHostPortHolders implements HostPortHolders {

  private final KubernetesClient client;
  private final String namespace;

  /**
   * @param namespace where the pods of Services are
   */
  LiveHostPortHolders(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  @Override
  public List<HostPort> on(String node) {
    return client
        .pods()
        .inAnyNamespace()
        .withField("spec.nodeName", node)
        .list()
        .getItems()
        .stream()
        .filter(LiveHostPortHolders::hasNotEnded)
        .flatMap(this::hostPorts)
        .toList();
  }

  private Stream<HostPort> hostPorts(Pod pod) {
    return Stream.concat(
            pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
        .flatMap(it -> it.getPorts().stream())
        .filter(it -> it.getHostPort() != null && it.getHostPort() != 0)
        .map(it -> new HostPort(port(it), holder(pod)));
  }

  private String holder(Pod pod) {
    boolean isOurs = namespace.equals(pod.getMetadata().getNamespace());
    return ServiceRef.named(pod)
        .filter(it -> isOurs)
        .map(it -> "Service " + it)
        .orElseGet(
            () ->
                "pod %s/%s"
                    .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName()));
  }

  private static String port(ContainerPort port) {
    return "%d/%s".formatted(port.getHostPort(), Objects.toString(port.getProtocol(), "TCP"));
  }

  private static boolean hasNotEnded(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return !"Succeeded".equals(phase) && !"Failed".equals(phase);
  }
}
