package dev.plinth.controlplane;

import dev.plinth.controlplane.tools.Tool;

/** A process of a control plane, in the order in which they are started. */
public enum Component {
  ETCD(Tool.ETCD),
  API_SERVER(Tool.KUBE_APISERVER),
  CONTROLLER_MANAGER(Tool.KUBE_CONTROLLER_MANAGER),
  SCHEDULER(Tool.KUBE_SCHEDULER),
  /** KWOK, which plays the kubelets of the simulated nodes. */
  NODES(Tool.KWOK);

  private final Tool tool;

  Component(Tool tool) {
    this.tool = tool;
  }

  Tool tool() {
    return tool;
  }

  /** The name of the program, for example {@code kube-apiserver}. */
  public String program() {
    return tool.program();
  }
}
