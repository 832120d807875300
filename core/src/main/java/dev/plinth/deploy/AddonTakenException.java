package dev.plinth.deploy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/**
 * An Addon has changed since it was decided what to write, perhaps to be another server's: the
 * decision is to be made again.
 */
public final class AddonTakenException extends KubernetesClientException {

  private static final long serialVersionUID = 1;

  AddonTakenException(String addon) {
    super(
        "the Addon '%s' has been changed by another server".formatted(addon),
        HttpURLConnection.HTTP_CONFLICT,
        null);
  }
}
