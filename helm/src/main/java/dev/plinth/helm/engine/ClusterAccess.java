package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.io.IOException;
import java.util.List;
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
    if (account.isEmpty()) {
      return this;
    }
    RequestConfig request =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withImpersonateUsername(account.get().user())
            .withImpersonateGroups(groups(account.get()).toArray(String[]::new))
            .build();
    return new ClusterAccess(client.newClient(request).adapt(KubernetesClient.class), account);
  }

  /** The groups that every token of the account has. */
  private static List<String> groups(ServiceAccountName account) {
    return List.of(
        "system:serviceaccounts",
        "system:serviceaccounts:" + account.namespace(),
        "system:authenticated");
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
            .map(account -> KubeconfigDocument.of(config).as(account.user(), groups(account)))
            .orElseGet(() -> KubeconfigDocument.of(config));
    return document.bytes();
  }

  /** A kubeconfig that names the server and nothing secret. */
  byte[] address() {
    return KubeconfigDocument.address(client.getConfiguration());
  }
}
