package dev.plinth.takeover;

/** A server with Plinth is alive in the cluster, so what it has cannot be given back. */
public final class ServerAliveException extends Exception {

  private static final long serialVersionUID = 1L;

  ServerAliveException(String lease) {
    super(
        "a server with Plinth is alive in this cluster, which renews its Lease kube-system/%s; stop it first"
            .formatted(lease));
  }
}
