package dev.plinth.diagnosis;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Who holds the host ports that a pod wants. */
final class HostPorts {

  private static final long PAGE = 500;
  private static final int MOST_NAMED = 5;

  private final KubernetesClient client;

  HostPorts(KubernetesClient client) {
    this.client = client;
  }

  /**
   * One entry for each pod that holds one of the ports, e.g. {@code 80/TCP on node-1 by Pod
   * default/web}; at most a few, the rest as a number.
   */
  List<String> holdersOf(Pod pending) {
    Set<String> wanted = portsOf(pending);
    List<String> holders = new ArrayList<>();
    String next = null;
    do {
      PodList page =
          client
              .pods()
              .inAnyNamespace()
              .list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
      page.getItems().stream()
          .filter(it -> it.getSpec().getNodeName() != null && !hasEnded(it))
          .forEach(
              it ->
                  portsOf(it).stream()
                      .filter(wanted::contains)
                      .forEach(
                          port ->
                              holders.add(
                                  "%s on %s by %s"
                                      .formatted(
                                          port,
                                          it.getSpec().getNodeName(),
                                          PodDiagnosis.describe(it)))));
      next = page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
    holders.sort(null);
    if (holders.size() <= MOST_NAMED) {
      return holders;
    }
    List<String> some = new ArrayList<>(holders.subList(0, MOST_NAMED));
    some.add("%d more".formatted(holders.size() - MOST_NAMED));
    return some;
  }

  private static boolean hasEnded(Pod pod) {
    return pod.getStatus() != null
        && Set.of("Succeeded", "Failed").contains(String.valueOf(pod.getStatus().getPhase()));
  }

  /** {@code port/protocol} of each host port. */
  private static Set<String> portsOf(Pod pod) {
    boolean hostNetwork = Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
    Set<String> ports = new TreeSet<>();
    Stream.concat(
            pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
        .map(Container::getPorts)
        .flatMap(List::stream)
        .forEach(
            port -> {
              Integer number = hostPort(port, hostNetwork);
              if (number != null) {
                ports.add(number + "/" + (port.getProtocol() == null ? "TCP" : port.getProtocol()));
              }
            });
    return ports;
  }

  private static Integer hostPort(ContainerPort port, boolean hostNetwork) {
    return port.getHostPort() == null && hostNetwork ? port.getContainerPort() : port.getHostPort();
  }
}
