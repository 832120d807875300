package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the load balancer wants to know of one of its pods. */
final class PodTraits {

  private PodTraits() {}

  /** Whether the pod is of that DaemonSet: an earlier Service may have had the same name. */
  static boolean isOf(Pod pod, String daemonSet) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    return labels != null && daemonSet.equals(labels.get("app"));
  }

  /** Whether the pod forwards: it is ready, has an address, and is not about to go. */
  static boolean isServing(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && pod.getStatus().getPodIP() != null
        && condition(pod, "Ready").filter(it -> it.getStatus().equals("True")).isPresent();
  }

  /** The node the pod runs on; while it waits for one, the node it was made for. */
  static Optional<String> node(Pod pod) {
    return Optional.ofNullable(pod.getSpec().getNodeName()).or(() -> intendedNode(pod));
  }

  /** What the scheduler says, if it finds no place. */
  static Optional<String> unschedulable(Pod pod) {
    return condition(pod, "PodScheduled")
        .filter(it -> it.getStatus().equals("False"))
        .filter(it -> "Unschedulable".equals(it.getReason()))
        .map(PodCondition::getMessage);
  }

  static boolean isRefusedFor(Pod pod, String reason) {
    return pod.getStatus() != null && reason.equals(pod.getStatus().getReason());
  }

  /** What is known of the pod's containers, if they have a state already. */
  static Stream<ContainerStatus> containers(Pod pod) {
    return pod.getStatus() == null
        ? Stream.of()
        : pod.getStatus().getContainerStatuses().stream().filter(it -> it.getState() != null);
  }

  private static Optional<PodCondition> condition(Pod pod, String type) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getConditions().stream()
            .filter(it -> it.getType().equals(type))
            .findFirst();
  }

  /** The DaemonSet controller says by affinity which node a pod is for. */
  private static Optional<String> intendedNode(Pod pod) {
    return Optional.ofNullable(pod.getSpec().getAffinity())
        .map(it -> it.getNodeAffinity())
        .map(it -> it.getRequiredDuringSchedulingIgnoredDuringExecution())
        .map(NodeSelector::getNodeSelectorTerms)
        .stream()
        .flatMap(terms -> terms.stream())
        .flatMap(term -> term.getMatchFields().stream())
        .filter(it -> it.getKey().equals("metadata.name"))
        .flatMap(it -> it.getValues().stream())
        .findFirst();
  }
}
