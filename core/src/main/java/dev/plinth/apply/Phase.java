package dev.plinth.apply;

import dev.plinth.cluster.ResourceKind;
import java.util.Set;

/** When, within one manifest, an object is applied; removal goes the other way round. */
public enum Phase {
  /** What others live in. */
  NAMESPACES,
  /** What makes kinds known. */
  DEFINITIONS,
  /** What others refer to: accounts, rights, classes, configuration. */
  FOUNDATIONS,
  /** All that is not in another phase. */
  WORKLOADS,
  /** What the API server calls on later requests, and so must not come before what answers. */
  REGISTRATIONS;

  private static final Set<String> DEFINITION_KINDS =
      Set.of("CustomResourceDefinition.apiextensions.k8s.io");

  private static final Set<String> FOUNDATION_KINDS =
      Set.of(
          "ConfigMap",
          "LimitRange",
          "PersistentVolume",
          "ResourceQuota",
          "Secret",
          "ServiceAccount",
          "ClusterRole.rbac.authorization.k8s.io",
          "ClusterRoleBinding.rbac.authorization.k8s.io",
          "Role.rbac.authorization.k8s.io",
          "RoleBinding.rbac.authorization.k8s.io",
          "PriorityClass.scheduling.k8s.io",
          "RuntimeClass.node.k8s.io",
          "StorageClass.storage.k8s.io",
          "IngressClass.networking.k8s.io");

  private static final Set<String> REGISTRATION_KINDS =
      Set.of(
          "APIService.apiregistration.k8s.io",
          "MutatingWebhookConfiguration.admissionregistration.k8s.io",
          "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
          "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
          "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
          "MutatingAdmissionPolicy.admissionregistration.k8s.io",
          "MutatingAdmissionPolicyBinding.admissionregistration.k8s.io");

  /** The phase of a kind. */
  public static Phase of(ResourceKind kind) {
    String groupKind = kind.groupKind();
    if (groupKind.equals("Namespace")) {
      return NAMESPACES;
    } else if (DEFINITION_KINDS.contains(groupKind)) {
      return DEFINITIONS;
    } else if (FOUNDATION_KINDS.contains(groupKind)) {
      return FOUNDATIONS;
    } else if (REGISTRATION_KINDS.contains(groupKind)) {
      return REGISTRATIONS;
    }
    return WORKLOADS;
  }
}
