package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.release.ReleaseName;
import dev.plinth.helm.release.StorageDriver;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.util.List;
import java.util.Optional;

/**
 * The release that an operation is about, and with whose rights.
 *
 * @param serviceAccount whom the operation impersonates; empty: it has the rights of the engine's
 *     own client
 */
public record ReleaseTarget(
    ReleaseName name, StorageDriver storage, Optional<ServiceAccountName> serviceAccount) {

  /** A service account of a namespace. */
  public record ServiceAccountName(String namespace, String name) {
    public ServiceAccountName {
      requireNonNull(namespace, "namespace");
      requireNonNull(name, "name");
    }

    /**
     * A client that has the rights of the account and no others.
     *
     * @param client with the right to impersonate the account; stays open, and has to
     */
    public KubernetesClient impersonatedBy(KubernetesClient client) {
      RequestConfig request =
          new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
              .withImpersonateUsername(user())
              .withImpersonateGroups(groups().toArray(String[]::new))
              .build();
      return client.newClient(request).adapt(KubernetesClient.class);
    }

    /** The user name that Kubernetes knows it by. */
    String user() {
      return "system:serviceaccount:" + namespace + ":" + name;
    }

    /** The groups that every token of the account has. */
    List<String> groups() {
      return List.of(
          "system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated");
    }
  }

  public ReleaseTarget {
    requireNonNull(name, "name");
    requireNonNull(storage, "storage");
    requireNonNull(serviceAccount, "serviceAccount");
  }

  /** A release that is stored in Secrets, with the rights of the engine's own client. */
  public static ReleaseTarget of(String namespace, String name) {
    return new ReleaseTarget(
        new ReleaseName(namespace, name), StorageDriver.SECRET, Optional.empty());
  }

  public ReleaseTarget storedIn(StorageDriver driver) {
    return new ReleaseTarget(name, driver, serviceAccount);
  }

  public ReleaseTarget as(ServiceAccountName account) {
    return new ReleaseTarget(name, storage, Optional.of(account));
  }

  @Override
  public String toString() {
    return name.toString();
  }
}
