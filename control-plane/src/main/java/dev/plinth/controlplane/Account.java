package dev.plinth.controlplane;

import java.util.List;

/** Who a process is for the API server. */
enum Account {
  /** Whoever has the kubeconfig file. */
  ADMIN("plinth-admin", List.of("system:masters")),
  CONTROLLER_MANAGER("system:kube-controller-manager", List.of("system:masters")),
  /** Has its rights from a role that every API server creates. */
  SCHEDULER("system:kube-scheduler", List.of()),
  NODES("plinth-nodes", List.of("system:masters"));

  private final String user;
  private final List<String> groups;

  Account(String user, List<String> groups) {
    this.user = user;
    this.groups = groups;
  }

  String user() {
    return user;
  }

  List<String> groups() {
    return groups;
  }
}
