package dev.plinth.takeover;

/** A K3s is alive in the cluster, so what it has cannot be taken over. */
public final class K3sAliveException extends Exception {

  private static final long serialVersionUID = 1L;

  K3sAliveException() {
    super(
        "a K3s is alive in this cluster, which renews its Lease kube-system/k3s; stop its servers"
            + " first");
  }
}
