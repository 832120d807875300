package dev.plinth.member;

import io.fabric8.kubernetes.client.KubernetesClientException;

/**
 * A write was not sent, as this server does not hold the Lease it needs for it, or does not know
 * whether it still does. Nothing has been done; who leads then does it.
 */
public final class NotPermittedException extends KubernetesClientException {

  private static final long serialVersionUID = 1L;

  NotPermittedException() {
    super("not sent: this server does not hold its Lease any more");
  }
}
