package dev.plinth.member;

import io.fabric8.kubernetes.client.KubernetesClientException;

/**
 * A write was not sent, as this server does not hold the Lease it needs for it, or does not know
 * whether it still does. Nothing has been done; who leads then does it.
 */
public final class NotPermittedException extends KubernetesClientException {

  private static final long serialVersionUID = 1L;

  private static final String MESSAGE = "not sent: this server does not hold its Lease any more";

  NotPermittedException() {
    super(MESSAGE);
  }

  private NotPermittedException(NotPermittedException cause) {
    super(MESSAGE, cause);
  }

  /** The client's own operations throw this copy, for its stack trace. */
  @Override
  public KubernetesClientException copyAsCause() {
    return new NotPermittedException(this);
  }
}
