package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.release.ReleaseName;
import dev.plinth.helm.release.StorageDriver;
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

    /** The user name that Kubernetes knows it by. */
    String user() {
      return "system:serviceaccount:" + namespace + ":" + name;
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
