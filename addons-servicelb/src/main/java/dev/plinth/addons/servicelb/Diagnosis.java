package dev.plinth.addons.servicelb;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Finds out what keeps nodes from serving a Service, where K3s shows pods that are pending and
 * nothing else.
 *
 * <p>Of several causes the first one counts: one that no pod can do anything about, then by how
 * probably somebody has to do something.
 */
final class Diagnosis {

  /** So many nodes are named; the others are counted. */
  private static final int NODES_NAMED = 3;

  private static final int LONGEST_QUOTE = 300;

  private final Service service;
  private final DaemonSet daemonSet;
  private final Collection<Pod> pods;
  private final Supplier<List<Node>> nodes;
  private final HostPortHolders holders;
  private final FailingContainers containers;

  /**
   * @param daemonSet as it is in the cluster
   * @param pods the DaemonSet's pods
   * @param nodes all nodes
   * @param holders is asked only if a port is taken
   * @param logs is asked only if a container fails
   */
  Diagnosis(
      Service service,
      DaemonSet daemonSet,
      Collection<Pod> pods,
      Supplier<List<Node>> nodes,
      HostPortHolders holders,
      ContainerLogs logs) {
    this.service = service;
    this.daemonSet = daemonSet;
    this.pods = pods;
    this.nodes = nodes;
    this.holders = holders;
    this.containers = new FailingContainers(logs);
  }

  /** What is in the way; empty if nothing is, or nothing is to be seen so far. */
  Optional<Problem> problem() {
    return noNode()
        .or(this::hostPortTaken)
        .or(this::sysctlForbidden)
        .or(this::imageMissing)
        .or(this::containerFailing)
        .or(this::unschedulable);
  }

  /** With policy Local, a node is of use only if there is an endpoint on it. */
  static Optional<Problem> noLocalEndpoint(
      Service service, Collection<Pod> pods, List<String> addresses) {
    boolean isMissing =
        DesiredDaemonSet.isLocal(service)
            && addresses.isEmpty()
            && pods.stream().anyMatch(PodTraits::isServing);
    return isMissing
        ? Optional.of(
            new Problem(
                Problem.NO_LOCAL_ENDPOINT,
                "externalTrafficPolicy is Local, and no node that could serve has a ready endpoint"
                    + " of the Service"))
        : Optional.empty();
  }

  /** On how many nodes a DaemonSet wants pods; empty if its controller has not looked at it yet. */
  static Optional<Integer> desired(DaemonSet daemonSet) {
    boolean isKnown =
        daemonSet.getStatus() != null
            && Objects.equals(
                daemonSet.getStatus().getObservedGeneration(),
                daemonSet.getMetadata().getGeneration());
    return isKnown
        ? Optional.ofNullable(daemonSet.getStatus().getDesiredNumberScheduled())
        : Optional.empty();
  }

  private Optional<Problem> noNode() {
    return desired(daemonSet).filter(it -> it == 0).map(none -> whyNoNode());
  }

  private Problem whyNoNode() {
    List<Node> candidates = nodes.get();
    if (candidates.isEmpty()) {
      return new Problem(Problem.NO_NODE, "the cluster has no node");
    }
    if (candidates.stream().anyMatch(NodeTraits::isMarked)) {
      candidates = candidates.stream().filter(NodeTraits::isOptedIn).toList();
      if (candidates.isEmpty()) {
        return new Problem(
            Problem.NO_NODE_ENABLED,
            "nodes have the label %s, so only those serve that have it with the value true, and none has"
                .formatted(Names.ENABLE_LB));
      }
    }
    Optional<String> pool = DesiredDaemonSet.pool(service);
    if (pool.isPresent()
        && candidates.stream().noneMatch(it -> NodeTraits.isInPool(it, pool.get()))) {
      return new Problem(
          Problem.NO_NODE_IN_POOL,
          "no node is in pool '%s': label nodes with %s=%s or %s%s=true"
              .formatted(pool.get(), Names.POOL, pool.get(), Names.POOL_PREFIX, pool.get()));
    }
    String taints =
        candidates.stream()
            .filter(it -> it.getSpec() != null)
            .flatMap(it -> it.getSpec().getTaints().stream())
            .filter(it -> !it.getEffect().equals("PreferNoSchedule"))
            .map(
                it ->
                    "%s=%s:%s"
                        .formatted(
                            it.getKey(), Objects.toString(it.getValue(), ""), it.getEffect()))
            .distinct()
            .sorted()
            .collect(joining(", "));
    return new Problem(
        Problem.NO_SCHEDULABLE_NODE,
        "no node takes the pods; taints: %s; annotation %s can tolerate them"
            .formatted(taints.isEmpty() ? "none" : quote(taints), Names.TOLERATIONS));
  }

  private Optional<Problem> hostPortTaken() {
    List<String> affected =
        pods.stream()
            .filter(it -> PodTraits.unschedulable(it).filter(Diagnosis::isOfPorts).isPresent())
            .flatMap(it -> PodTraits.node(it).stream())
            .sorted()
            .toList();
    List<String> holdings =
        affected.stream().limit(NODES_NAMED).flatMap(it -> holdings(it).stream()).toList();
    if (holdings.isEmpty()) {
      // Whoever had them is gone already, and the scheduler about to try again.
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            Problem.HOST_PORT_TAKEN,
            "%s%s; use another port, free this one, or give the Services nodes of their own by label %s"
                .formatted(String.join(", ", holdings), more(affected.size()), Names.POOL)));
  }

  private List<String> holdings(String node) {
    Set<String> wanted =
        service.getSpec().getPorts().stream()
            .map(it -> "%d/%s".formatted(it.getPort(), DesiredDaemonSet.protocol(it)))
            .collect(toSet());
    String ourselves = "Service " + ServiceRef.of(service);
    return holders.on(node).stream()
        .filter(it -> wanted.contains(it.port()) && !it.holder().equals(ourselves))
        .map(it -> "port %s of node %s is held by %s".formatted(it.port(), node, it.holder()))
        .distinct()
        .toList();
  }

  private Optional<Problem> sysctlForbidden() {
    return onNodes(
        Problem.SYSCTL_FORBIDDEN,
        pod -> PodTraits.isRefusedFor(pod, "SysctlForbidden"),
        pod ->
            "the kubelet forbids to forward: start it with"
                + " --allowed-unsafe-sysctls=net.ipv4.ip_forward,net.ipv6.conf.all.forwarding");
  }

  private Optional<Problem> imageMissing() {
    return onNodes(
        Problem.IMAGE_PULL_FAILED, FailingContainers::lackImage, FailingContainers::imageCause);
  }

  private Optional<Problem> containerFailing() {
    return onNodes(Problem.CONTAINER_FAILED, FailingContainers::crash, containers::crashCause);
  }

  private Optional<Problem> unschedulable() {
    return onNodes(
        Problem.UNSCHEDULABLE,
        pod -> PodTraits.unschedulable(pod).filter(it -> !isOfPorts(it)).isPresent(),
        pod -> quote(PodTraits.unschedulable(pod).orElseThrow()));
  }

  /** One problem of pods on several nodes, with the cause of the first of them. */
  private Optional<Problem> onNodes(
      String reason, Predicate<Pod> affected, Function<Pod, String> causeOf) {
    Map<String, Pod> byNode = new TreeMap<>();
    pods.stream()
        .filter(affected)
        .forEach(pod -> byNode.put(PodTraits.node(pod).orElse("(unknown)"), pod));
    if (byNode.isEmpty()) {
      return Optional.empty();
    }
    String names = byNode.keySet().stream().limit(NODES_NAMED).collect(joining(", "));
    return Optional.of(
        new Problem(
            reason,
            "on %s%s: %s"
                .formatted(
                    names, more(byNode.size()), causeOf.apply(byNode.values().iterator().next()))));
  }

  private static String more(int nodes) {
    return nodes <= NODES_NAMED ? "" : " and %d more nodes".formatted(nodes - NODES_NAMED);
  }

  /** In the scheduler's words. */
  private static boolean isOfPorts(String message) {
    return message.contains("free ports");
  }

  static String quote(String text) {
    return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
  }
}
