package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.cluster.ResourceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhaseTest {

  @ParameterizedTest
  @CsvSource({
    "'', Namespace, NAMESPACES",
    "apiextensions.k8s.io, CustomResourceDefinition, DEFINITIONS",
    "'', ServiceAccount, FOUNDATIONS",
    "'', ConfigMap, FOUNDATIONS",
    "'', Secret, FOUNDATIONS",
    "'', PersistentVolume, FOUNDATIONS",
    "'', LimitRange, FOUNDATIONS",
    "'', ResourceQuota, FOUNDATIONS",
    "rbac.authorization.k8s.io, ClusterRole, FOUNDATIONS",
    "rbac.authorization.k8s.io, ClusterRoleBinding, FOUNDATIONS",
    "rbac.authorization.k8s.io, Role, FOUNDATIONS",
    "rbac.authorization.k8s.io, RoleBinding, FOUNDATIONS",
    "scheduling.k8s.io, PriorityClass, FOUNDATIONS",
    "node.k8s.io, RuntimeClass, FOUNDATIONS",
    "storage.k8s.io, StorageClass, FOUNDATIONS",
    "networking.k8s.io, IngressClass, FOUNDATIONS",
    "'', Service, WORKLOADS",
    "'', PersistentVolumeClaim, WORKLOADS",
    "'', Pod, WORKLOADS",
    "apps, Deployment, WORKLOADS",
    "batch, Job, WORKLOADS",
    "networking.k8s.io, Ingress, WORKLOADS",
    "helm.cattle.io, HelmChart, WORKLOADS",
    "apiregistration.k8s.io, APIService, REGISTRATIONS",
    "admissionregistration.k8s.io, ValidatingWebhookConfiguration, REGISTRATIONS",
    "admissionregistration.k8s.io, MutatingWebhookConfiguration, REGISTRATIONS",
    "admissionregistration.k8s.io, ValidatingAdmissionPolicy, REGISTRATIONS",
    "admissionregistration.k8s.io, ValidatingAdmissionPolicyBinding, REGISTRATIONS",
    "example.org, Namespace, WORKLOADS",
    "example.org, Secret, WORKLOADS",
  })
  void each_kind_has_its_phase_whatever_its_version(String group, String kind, Phase phase) {
    assertThat(Phase.of(new ResourceKind(group, "v1", kind, "any", true))).isEqualTo(phase);
    assertThat(Phase.of(new ResourceKind(group, "v1beta1", kind, "any", true))).isEqualTo(phase);
  }

  @Test
  void what_others_need_comes_before_them() {
    assertThat(Phase.values())
        .containsExactly(
            Phase.NAMESPACES,
            Phase.DEFINITIONS,
            Phase.FOUNDATIONS,
            Phase.WORKLOADS,
            Phase.REGISTRATIONS);
  }
}
