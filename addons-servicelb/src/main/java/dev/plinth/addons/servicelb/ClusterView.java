package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelector;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What is kept in memory of the cluster, and which Services a change of it concerns. */
final class ClusterView {

  private static final String BY_NODE = "node";

  private final InformerEventSource<DaemonSet, Service> daemonSets;
  private final InformerEventSource<Pod, Service> pods;
  private final InformerEventSource<EndpointSlice, Service> slices;
  private final InformerEventSource<Node, Service> nodes;
  private final InformerEventSource<Event, Service> refusals;

  /**
   * @param namespace where the pods are; DaemonSets are looked for everywhere, since earlier ones
   *     may be in another
   */
  ClusterView(EventSourceContext<Service> context, String namespace) {
    daemonSets =
        new InformerEventSource<>(
            informer(DaemonSet.class, "daemonsets", Trimmed::daemonSet)
                .withWatchAllNamespaces()
                .withLabelSelector(Names.NODES_OPTED_IN)
                .withSecondaryToPrimaryMapper(ServiceRef::idsNamedBy)
                .build(),
            context);
    pods =
        new InformerEventSource<>(
            informer(Pod.class, "pods", Trimmed::pod)
                .withNamespaces(namespace)
                .withLabelSelector(Names.SERVICE_NAME)
                .withSecondaryToPrimaryMapper(ServiceRef::idsNamedBy)
                .build(),
            context);
    pods.addIndexers(Map.of(BY_NODE, pod -> PodTraits.node(pod).map(List::of).orElse(List.of())));
    slices =
        new InformerEventSource<>(
            informer(EndpointSlice.class, "endpointslices", Trimmed::endpointSlice)
                .withWatchAllNamespaces()
                .withLabelSelector(Names.SLICE_SERVICE)
                .withSecondaryToPrimaryMapper(ClusterView::serviceOf)
                .build(),
            context);
    nodes =
        new InformerEventSource<>(
            informer(Node.class, "nodes", Trimmed::node)
                .withWatchAllNamespaces()
                .withSecondaryToPrimaryMapper(this::servicesConcernedBy)
                // Without it, JOSDK would note each node at each Service.
                .withPrimaryToSecondaryMapper(service -> Set.of())
                .build(),
            context);
    refusals =
        new InformerEventSource<>(
            informer(Event.class, "events", Trimmed::event)
                .withNamespaces(namespace)
                .withFieldSelector(
                    new FieldSelector(
                        new FieldSelector.Field("involvedObject.kind", "DaemonSet", false),
                        new FieldSelector.Field("reason", RefusedPods.REASON, false)))
                .withSecondaryToPrimaryMapper(this::serviceConcernedBy)
                .withPrimaryToSecondaryMapper(service -> Set.of())
                .build(),
            context);
  }

  /** The sources, for JOSDK to start. */
  List<EventSource<?, Service>> sources() {
    return List.of(daemonSets, pods, slices, nodes, refusals);
  }

  /** The source of DaemonSets, to which one's own writes are told. */
  InformerEventSource<DaemonSet, Service> daemonSets() {
    return daemonSets;
  }

  /** All DaemonSets that name a Service, also of earlier namespaces, layouts and namesakes. */
  List<DaemonSet> daemonSetsOf(Service service) {
    return daemonSets.getSecondaryResources(service).stream()
        .filter(it -> it.getMetadata().getName().startsWith(Names.DAEMON_SET_PREFIX))
        .toList();
  }

  List<Pod> podsOf(Service service) {
    String daemonSet = DesiredDaemonSet.name(service);
    return pods.getSecondaryResources(service).stream()
        .filter(it -> PodTraits.isOf(it, daemonSet))
        .toList();
  }

  /** What was said of pods that could not be created, for any DaemonSet. */
  List<Event> refusals() {
    return refusals.list().toList();
  }

  Set<EndpointSlice> slicesOf(Service service) {
    return slices.getSecondaryResources(service);
  }

  Optional<Node> node(String name) {
    return nodes.get(new ResourceID(name));
  }

  List<Node> nodes() {
    return nodes.list().toList();
  }

  /** Whether only nodes that are opted in serve: it takes one node that says anything about it. */
  boolean optIn() {
    return nodes.list().anyMatch(NodeTraits::isMarked);
  }

  /**
   * A node's change concerns the Services that have a pod on it, those that have none anywhere, and
   * all whose DaemonSets were made for opt-in while there is none, or the other way.
   */
  private Set<ResourceID> servicesConcernedBy(Node node) {
    if (!pods.isRunning() || !daemonSets.isRunning()) {
      // Every Service is looked at when all sources have been started.
      return Set.of();
    }
    Set<ResourceID> services = new HashSet<>();
    pods.byIndex(BY_NODE, node.getMetadata().getName())
        .forEach(it -> services.addAll(ServiceRef.idsNamedBy(it)));
    String optIn = Boolean.toString(optIn());
    // One by one, since only this way our own last writes are seen.
    daemonSets
        .keys()
        .flatMap(it -> daemonSets.get(it).stream())
        .filter(
            it ->
                isNowhere(it)
                    || !optIn.equals(it.getMetadata().getLabels().get(Names.NODES_OPTED_IN)))
        .forEach(it -> services.addAll(ServiceRef.idsNamedBy(it)));
    return services;
  }

  private Set<ResourceID> serviceConcernedBy(Event event) {
    ResourceID daemonSet =
        new ResourceID(
            event.getInvolvedObject().getName(), event.getInvolvedObject().getNamespace());
    // Every Service is looked at when all sources have been started.
    return daemonSets.isRunning()
        ? daemonSets.get(daemonSet).map(ServiceRef::idsNamedBy).orElse(Set.of())
        : Set.of();
  }

  private static boolean isNowhere(DaemonSet daemonSet) {
    Integer desired =
        daemonSet.getStatus() == null ? null : daemonSet.getStatus().getDesiredNumberScheduled();
    return desired == null || desired == 0;
  }

  private static Set<ResourceID> serviceOf(EndpointSlice slice) {
    return Set.of(
        new ResourceID(
            slice.getMetadata().getLabels().get(Names.SLICE_SERVICE),
            slice.getMetadata().getNamespace()));
  }

  private static <T extends HasMetadata> InformerEventSourceConfiguration.Builder<T> informer(
      Class<T> type, String name, UnaryOperator<T> trim) {
    return InformerEventSourceConfiguration.from(type, Service.class)
        .withName(name)
        .withItemStore(new TrimmedStore<>(trim))
        .withOnUpdateFilter(TrimmedStore.changes(trim));
  }
}
