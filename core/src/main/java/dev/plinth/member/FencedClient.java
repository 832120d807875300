package dev.plinth.member;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.impl.KubernetesClientImpl;

/** A client whose writes ask a fence first. */
public final class FencedClient {

  private FencedClient() {}

  /**
   * A client that does all that the host's does, with its transport and credentials, but refuses
   * with {@link NotPermittedException} to write while the fence is closed, or after it was closed
   * itself; also what is tried again after a failure. Reads, watches, dry runs and reviews of
   * access pass.
   *
   * @param host stays open when the new client is closed
   * @param fence asked before each write, also before each retry
   */
  public static KubernetesClient of(KubernetesClient host, Fence fence) {
    return new KubernetesClientImpl(
        new FencedHttpClient(host.getHttpClient(), requireNonNull(fence, "fence")),
        host.getConfiguration(),
        null,
        host.getKubernetesSerialization());
  }
}
