package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;

/** Objects as the API server would show them. */
final class Objects {

  static final String UID = "35a5ccb3-4a82-40b7-8d83-cda9582e4251";

  private Objects() {}

  static ServiceBuilder service(String name) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace("default")
        .withName(name)
        .withUid(UID)
        .endMetadata()
        .withNewSpec()
        .withType("LoadBalancer")
        .withClusterIPs("10.43.0.7")
        .withIpFamilies("IPv4")
        .withExternalTrafficPolicy("Cluster")
        .addNewPort()
        .withName("http")
        .withPort(80)
        .withNodePort(30080)
        .withProtocol("TCP")
        .endPort()
        .endSpec();
  }

  /** A node with addresses given as {@code ExternalIP=1.2.3.4}. */
  static Node node(String name, String... addresses) {
    NodeBuilder node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withNewStatus()
            .addNewCondition()
            .withType("Ready")
            .withStatus("True")
            .endCondition()
            .endStatus();
    for (String address : addresses) {
      String[] parts = address.split("=", 2);
      node.editStatus()
          .addNewAddress()
          .withType(parts[0])
          .withAddress(parts[1])
          .endAddress()
          .endStatus();
    }
    return node.build();
  }

  static PodBuilder pod(String node, boolean ready) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("kube-system")
        .withName("svclb-" + node)
        .endMetadata()
        .withNewSpec()
        .withNodeName(node)
        .endSpec()
        .withNewStatus()
        .withPodIP("10.42.0.9")
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready ? "True" : "False")
        .endCondition()
        .endStatus();
  }

  static Pod readyPod(String node) {
    return pod(node, true).build();
  }

  /** A pod that the scheduler finds no place for. */
  static Pod pendingPod(String node, String message) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("kube-system")
        .withName("svclb-" + node)
        .endMetadata()
        .withNewSpec()
        .withNewAffinity()
        .withNewNodeAffinity()
        .withNewRequiredDuringSchedulingIgnoredDuringExecution()
        .addNewNodeSelectorTerm()
        .addNewMatchField()
        .withKey("metadata.name")
        .withOperator("In")
        .withValues(node)
        .endMatchField()
        .endNodeSelectorTerm()
        .endRequiredDuringSchedulingIgnoredDuringExecution()
        .endNodeAffinity()
        .endAffinity()
        .endSpec()
        .withNewStatus()
        .addNewCondition()
        .withType("PodScheduled")
        .withStatus("False")
        .withReason("Unschedulable")
        .withMessage(message)
        .endCondition()
        .endStatus()
        .build();
  }

  static EndpointSlice slice(String node, Boolean ready, String kind) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withNamespace("default")
        .withName("web-1")
        .endMetadata()
        .addNewEndpoint()
        .withNodeName(node)
        .withNewConditions()
        .withReady(ready)
        .endConditions()
        .withNewTargetRef()
        .withKind(kind)
        .endTargetRef()
        .endEndpoint()
        .build();
  }
}
