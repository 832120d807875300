package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.Optional;

/**
 * How an operation reaches the API server, and as whom.
 *
 * @param client the engine's, or one derived from it that impersonates
 */
record ClusterAccess(KubernetesClient client, Optional<ServiceAccountName> impersonated) {

  ClusterAccess {
    requireNonNull(client, "client");
    requireNonNull(impersonated, "impersonated");
  }

  static ClusterAccess of(KubernetesClient client) {
    return new ClusterAccess(client, Optional.empty());
  }

  /** The same, with the rights of a service account if the target names one. */
  ClusterAccess as(Optional<ServiceAccountName> account) {
    return account.isEmpty()
        ? this
        : new ClusterAccess(account.get().impersonatedBy(client), account);
  }

  /** The version of the API server, such as {@code v1.35.4}. */
  String kubernetesVersion() {
    return client.getKubernetesVersion().getGitVersion();
  }

  /**
   * A kubeconfig with the client's credentials inside, as JSON, which is YAML too.
   *
   * @throws IOException if a file that the client's configuration names can't be read
   */
  byte[] kubeconfig() throws IOException {
    Config config = client.getConfiguration();
    KubeconfigDocument document =
        impersonated
            .map(account -> KubeconfigDocument.of(config).as(account.user(), account.groups()))
            .orElseGet(() -> KubeconfigDocument.of(config));
    return document.bytes();
  }

  /** A kubeconfig that names the server and nothing secret. */
  byte[] address() {
    return KubeconfigDocument.address(client.getConfiguration());
  }
}
