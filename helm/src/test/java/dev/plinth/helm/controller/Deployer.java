package dev.plinth.helm.controller;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** A service account that charts are installed with. */
final class Deployer {

  static final String NAME = "deployer";

  private Deployer() {}

  /** Without any rights. */
  static void create(KubernetesClient admin, String namespace) {
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(NAME)
                .endMetadata()
                .build())
        .create();
  }

  /** Lets it do everything in its namespace, and nothing elsewhere. */
  static void makeAdminOfItsNamespace(KubernetesClient admin, String namespace) {
    admin
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(NAME)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "admin")
                .addNewSubject()
                .withKind("ServiceAccount")
                .withName(NAME)
                .endSubject()
                .build())
        .create();
  }
}
