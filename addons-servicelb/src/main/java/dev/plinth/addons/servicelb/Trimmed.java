package dev.plinth.addons.servicelb;

import static java.util.function.Predicate.isEqual;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The parts of objects that are read here, without the resourceVersion. They are what is kept in
 * memory, and two states of an object that are equal in them make no difference.
 */
final class Trimmed {

  private static final Set<String> SERVICE_ANNOTATIONS =
      Set.of(Names.PRIORITY_CLASS, Names.TOLERATIONS, Names.SOURCE_RANGES);

  private Trimmed() {}

  /** Of a Service that is no load balancer only what tells whether we have left something on it. */
  static Service service(Service service) {
    ServiceBuilder trimmed =
        new ServiceBuilder()
            .withMetadata(
                identity(service)
                    .withFinalizers(service.getMetadata().getFinalizers())
                    .withLabels(only(service.getMetadata().getLabels(), isEqual(Names.POOL)))
                    .withAnnotations(
                        only(service.getMetadata().getAnnotations(), SERVICE_ANNOTATIONS::contains))
                    .withManagedFields(managedFields(service))
                    .build());
    if (!Selected.isLoadBalancer(service)) {
      return trimmed.withNewSpec().withType(type(service)).endSpec().build();
    }
    trimmed
        .withNewSpec()
        .withType(type(service))
        .withLoadBalancerClass(service.getSpec().getLoadBalancerClass())
        .withPorts(service.getSpec().getPorts())
        .withClusterIPs(service.getSpec().getClusterIPs())
        .withIpFamilies(service.getSpec().getIpFamilies())
        .withExternalTrafficPolicy(service.getSpec().getExternalTrafficPolicy())
        .withLoadBalancerSourceRanges(service.getSpec().getLoadBalancerSourceRanges())
        .endSpec();
    if (service.getStatus() != null) {
      trimmed
          .withNewStatus()
          .withLoadBalancer(service.getStatus().getLoadBalancer())
          .withConditions(
              service.getStatus().getConditions().stream()
                  .filter(it -> it.getType().equals(Names.CONDITION))
                  .toList())
          .endStatus();
    }
    return trimmed.build();
  }

  /** Of a DaemonSet only which Service it is for. */
  static DaemonSet reference(DaemonSet daemonSet) {
    return new DaemonSetBuilder()
        .withMetadata(
            identity(daemonSet)
                .withLabels(daemonSet.getMetadata().getLabels())
                .withOwnerReferences(daemonSet.getMetadata().getOwnerReferences())
                .build())
        .build();
  }

  /** Of a Service only its type. */
  static Service reference(Service service) {
    return new ServiceBuilder()
        .withMetadata(identity(service).build())
        .withNewSpec()
        .withType(type(service))
        .endSpec()
        .build();
  }

  static DaemonSet daemonSet(DaemonSet daemonSet) {
    DaemonSetBuilder trimmed =
        new DaemonSetBuilder()
            .withMetadata(
                identity(daemonSet)
                    .withGeneration(daemonSet.getMetadata().getGeneration())
                    .withLabels(daemonSet.getMetadata().getLabels())
                    .withAnnotations(
                        only(daemonSet.getMetadata().getAnnotations(), isEqual(Names.APPLIED)))
                    .withOwnerReferences(daemonSet.getMetadata().getOwnerReferences())
                    .withManagedFields(managedFields(daemonSet))
                    .build())
            .withSpec(daemonSet.getSpec());
    if (daemonSet.getStatus() != null) {
      trimmed
          .withNewStatus()
          .withObservedGeneration(daemonSet.getStatus().getObservedGeneration())
          .withDesiredNumberScheduled(daemonSet.getStatus().getDesiredNumberScheduled())
          .endStatus();
    }
    return trimmed.build();
  }

  static Pod pod(Pod pod) {
    PodBuilder trimmed =
        new PodBuilder()
            .withMetadata(identity(pod).withLabels(pod.getMetadata().getLabels()).build())
            .withNewSpec()
            .withNodeName(pod.getSpec().getNodeName())
            // Only a pod that waits for its node shows by this which one it was made for.
            .withAffinity(pod.getSpec().getNodeName() == null ? pod.getSpec().getAffinity() : null)
            .endSpec();
    if (pod.getStatus() != null) {
      trimmed
          .withNewStatus()
          .withPhase(pod.getStatus().getPhase())
          .withReason(pod.getStatus().getReason())
          .withMessage(pod.getStatus().getMessage())
          .withPodIP(pod.getStatus().getPodIP())
          .withConditions(
              pod.getStatus().getConditions().stream()
                  .filter(it -> it.getType().equals("Ready") || it.getType().equals("PodScheduled"))
                  .map(Trimmed::condition)
                  .toList())
          .addAllToContainerStatuses(
              pod.getStatus().getContainerStatuses().stream()
                  .filter(it -> it.getState() != null && it.getState().getRunning() == null)
                  .toList())
          .endStatus();
    }
    return trimmed.build();
  }

  static Node node(Node node) {
    NodeBuilder trimmed =
        new NodeBuilder()
            .withMetadata(
                identity(node)
                    .withLabels(only(node.getMetadata().getLabels(), Trimmed::isNodeLabel))
                    .build());
    if (node.getSpec() != null) {
      trimmed.withNewSpec().withTaints(node.getSpec().getTaints()).endSpec();
    }
    if (node.getStatus() != null) {
      trimmed
          .withNewStatus()
          .withAddresses(node.getStatus().getAddresses())
          .withConditions(
              node.getStatus().getConditions().stream()
                  .filter(it -> it.getType().equals("Ready"))
                  .map(Trimmed::condition)
                  .toList())
          .endStatus();
    }
    return trimmed.build();
  }

  /** Of all endpoints only on which nodes there is one that is ready. */
  static EndpointSlice endpointSlice(EndpointSlice slice) {
    return new EndpointSliceBuilder()
        .withMetadata(
            identity(slice)
                .withLabels(only(slice.getMetadata().getLabels(), isEqual(Names.SLICE_SERVICE)))
                .build())
        .withEndpoints(
            Addresses.nodesWithEndpoint(List.of(slice)).stream()
                .sorted()
                .map(
                    node ->
                        new EndpointBuilder()
                            .withNodeName(node)
                            .withNewConditions()
                            .withReady(true)
                            .endConditions()
                            .withNewTargetRef()
                            .withKind("Pod")
                            .endTargetRef()
                            .build())
                .toList())
        .build();
  }

  static Event event(Event event) {
    return new EventBuilder()
        .withMetadata(identity(event).build())
        .withInvolvedObject(event.getInvolvedObject())
        .withReason(event.getReason())
        .withMessage(event.getMessage())
        .withLastTimestamp(event.getLastTimestamp())
        .build();
  }

  private static ObjectMetaBuilder identity(HasMetadata object) {
    ObjectMeta metadata = object.getMetadata();
    return new ObjectMetaBuilder()
        .withNamespace(metadata.getNamespace())
        .withName(metadata.getName())
        .withUid(metadata.getUid())
        .withDeletionTimestamp(metadata.getDeletionTimestamp());
  }

  /** The times of entries change at every write, and mean nothing. */
  private static List<ManagedFieldsEntry> managedFields(HasMetadata object) {
    return object.getMetadata().getManagedFields().stream()
        .filter(Ownership::concerns)
        .map(it -> it.toBuilder().withTime(null).build())
        .toList();
  }

  private static String type(Service service) {
    return service.getSpec() == null ? null : service.getSpec().getType();
  }

  private static PodCondition condition(PodCondition condition) {
    return condition.toBuilder()
        .withLastProbeTime(null)
        .withLastTransitionTime(null)
        .withObservedGeneration(null)
        .build();
  }

  private static NodeCondition condition(NodeCondition condition) {
    return condition.toBuilder()
        .withLastHeartbeatTime(null)
        .withLastTransitionTime(null)
        .withReason(null)
        .withMessage(null)
        .build();
  }

  private static boolean isNodeLabel(String key) {
    return key.equals(Names.ENABLE_LB)
        || key.equals(Names.POOL)
        || key.startsWith(Names.POOL_PREFIX);
  }

  private static Map<String, String> only(Map<String, String> all, Predicate<String> keys) {
    Map<String, String> some = new LinkedHashMap<>();
    if (all != null) {
      all.forEach(
          (key, value) -> {
            if (keys.test(key)) {
              some.put(key, value);
            }
          });
    }
    return some;
  }
}
