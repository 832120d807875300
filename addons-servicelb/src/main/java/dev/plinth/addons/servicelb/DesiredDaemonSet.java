package dev.plinth.addons.servicelb;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Sysctl;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The DaemonSet that serves a Service: on each node a pod that takes the Service's ports of the
 * node and forwards what comes in. Every field is K3s's, so that a cluster is taken over without a
 * new pod.
 */
final class DesiredDaemonSet {

  private static final String DEFAULT_PRIORITY_CLASS = "system-node-critical";
  private static final int LONGEST_SERVICE_PART = 48;
  private static final int UID_PART = 8;
  private static final int HASH_LENGTH = 32;
  private static final Map<String, String> FORWARDING =
      Map.of("IPv4", "net.ipv4.ip_forward", "IPv6", "net.ipv6.conf.all.forwarding");
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private DesiredDaemonSet() {}

  /** {@code svclb-<name of the Service>-<begin of its UID>}, the middle cut to what fits. */
  static String name(Service service) {
    String name = service.getMetadata().getName();
    String part = name.substring(0, Math.min(name.length(), LONGEST_SERVICE_PART));
    return Names.DAEMON_SET_PREFIX
        + part.replaceAll("-+$", "")
        + "-"
        + service.getMetadata().getUid().substring(0, UID_PART);
  }

  /**
   * The declaration, with its own hash as annotation.
   *
   * @param optIn whether only nodes with the label {@code enablelb=true} serve
   * @throws InvalidServiceException if the Service asks for something that cannot be served
   */
  static DaemonSet of(Service service, ServiceLbSettings settings, boolean optIn)
      throws InvalidServiceException {
    String name = name(service);
    Map<String, String> serviceLabels = new LinkedHashMap<>();
    serviceLabels.put(Names.SERVICE_NAME, service.getMetadata().getName());
    serviceLabels.put(Names.SERVICE_NAMESPACE, service.getMetadata().getNamespace());
    DaemonSet declared =
        new DaemonSetBuilder()
            .withNewMetadata()
            .withNamespace(settings.namespace())
            .withName(name)
            .addToLabels(Names.ADDON, ServiceLbAddon.NAME)
            .addToLabels(Names.NODES_OPTED_IN, Boolean.toString(optIn))
            .addToLabels(serviceLabels)
            .endMetadata()
            .withNewSpec()
            .withNewSelector()
            .addToMatchLabels("app", name)
            .endSelector()
            .withNewTemplate()
            .withNewMetadata()
            .addToLabels("app", name)
            .addToLabels(serviceLabels)
            .endMetadata()
            .withSpec(podSpec(service, settings, optIn))
            .endTemplate()
            .withNewUpdateStrategy()
            .withType("RollingUpdate")
            .withNewRollingUpdate()
            .withNewMaxUnavailable(1)
            .endRollingUpdate()
            .endUpdateStrategy()
            .endSpec()
            .build();
    return new DaemonSetBuilder(declared)
        .editMetadata()
        .addToAnnotations(Names.APPLIED, hash(declared))
        .endMetadata()
        .build();
  }

  private static PodSpec podSpec(Service service, ServiceLbSettings settings, boolean optIn)
      throws InvalidServiceException {
    PodSpecBuilder pod =
        new PodSpecBuilder()
            .withServiceAccountName(Names.SERVICE_ACCOUNT)
            .withAutomountServiceAccountToken(false)
            .withPriorityClassName(priorityClass(service))
            .withNewSecurityContext()
            .withSysctls(sysctls(service))
            .endSecurityContext()
            .withTolerations(Tolerations.of(service))
            .withContainers(containers(service, settings));
    if (optIn) {
      pod.addToNodeSelector(Names.ENABLE_LB, "true");
    }
    pool(service).ifPresent(it -> pod.withAffinity(membersOf(it)));
    return pod.build();
  }

  /** An empty annotation stands for no class. */
  private static String priorityClass(Service service) {
    String name = annotations(service).getOrDefault(Names.PRIORITY_CLASS, DEFAULT_PRIORITY_CLASS);
    return name.isEmpty() ? null : name;
  }

  private static List<Sysctl> sysctls(Service service) {
    return service.getSpec().getIpFamilies().stream()
        .filter(FORWARDING::containsKey)
        .map(family -> new Sysctl(FORWARDING.get(family), "1"))
        .toList();
  }

  private static List<Container> containers(Service service, ServiceLbSettings settings)
      throws InvalidServiceException {
    String sourceRanges = SourceRanges.of(service);
    List<Container> containers = new ArrayList<>();
    for (ServicePort port : service.getSpec().getPorts()) {
      String name = "lb-%s-%d".formatted(protocol(port).toLowerCase(Locale.ROOT), port.getPort());
      containers.add(
          new ContainerBuilder()
              .withName(name)
              .withImage(settings.image())
              .withImagePullPolicy("IfNotPresent")
              .addNewPort()
              .withName(name)
              .withContainerPort(port.getPort())
              .withHostPort(port.getPort())
              .withProtocol(protocol(port))
              .endPort()
              .withEnv(environment(service, port, sourceRanges))
              .withNewSecurityContext()
              .withNewCapabilities()
              .addToAdd("NET_ADMIN")
              .endCapabilities()
              .endSecurityContext()
              .build());
    }
    return containers;
  }

  private static List<EnvVar> environment(Service service, ServicePort port, String sourceRanges)
      throws InvalidServiceException {
    List<EnvVar> environment = new ArrayList<>();
    environment.add(variable("SRC_PORT", port.getPort().toString()));
    environment.add(variable("SRC_RANGES", sourceRanges));
    environment.add(variable("DEST_PROTO", protocol(port)));
    if (isLocal(service)) {
      environment.add(variable("DEST_PORT", Integer.toString(nodePort(port))));
      environment.add(
          new EnvVarBuilder()
              .withName("DEST_IPS")
              .withNewValueFrom()
              .withNewFieldRef()
              .withApiVersion("v1")
              .withFieldPath("status.hostIPs")
              .endFieldRef()
              .endValueFrom()
              .build());
    } else {
      environment.add(variable("DEST_PORT", port.getPort().toString()));
      environment.add(variable("DEST_IPS", String.join(",", service.getSpec().getClusterIPs())));
    }
    return environment;
  }

  private static EnvVar variable(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(value).build();
  }

  /** Whether a node forwards to endpoints of its own only. */
  static boolean isLocal(Service service) {
    return "Local".equals(service.getSpec().getExternalTrafficPolicy());
  }

  private static int nodePort(ServicePort port) throws InvalidServiceException {
    Integer nodePort = port.getNodePort();
    if (nodePort == null || nodePort == 0) {
      throw new InvalidServiceException(
          Problem.NO_NODE_PORT,
          "port %d has no node port, which externalTrafficPolicy Local needs: set spec.allocateLoadBalancerNodePorts to true, or the policy to Cluster"
              .formatted(port.getPort()));
    }
    return nodePort;
  }

  static String protocol(ServicePort port) {
    return port.getProtocol() == null ? "TCP" : port.getProtocol();
  }

  /** The pool of nodes that serves a Service; empty if all do. */
  static Optional<String> pool(Service service) {
    Map<String, String> labels = service.getMetadata().getLabels();
    return Optional.ofNullable(labels).map(it -> it.get(Names.POOL)).filter(it -> !it.isEmpty());
  }

  private static Affinity membersOf(String pool) {
    return new AffinityBuilder()
        .withNewNodeAffinity()
        .withNewRequiredDuringSchedulingIgnoredDuringExecution()
        .addToNodeSelectorTerms(term(Names.POOL, pool), term(Names.POOL_PREFIX + pool, "true"))
        .endRequiredDuringSchedulingIgnoredDuringExecution()
        .endNodeAffinity()
        .build();
  }

  private static NodeSelectorTerm term(String label, String value) {
    return new NodeSelectorTermBuilder()
        .addNewMatchExpression()
        .withKey(label)
        .withOperator("In")
        .withValues(value)
        .endMatchExpression()
        .build();
  }

  private static Map<String, String> annotations(Service service) {
    return Optional.ofNullable(service.getMetadata().getAnnotations()).orElse(Map.of());
  }

  private static String hash(DaemonSet declared) {
    return Hashing.sha256()
        .hashString(SERIALIZATION.asJson(declared), UTF_8)
        .toString()
        .substring(0, HASH_LENGTH);
  }
}
