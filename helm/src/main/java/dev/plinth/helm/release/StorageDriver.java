package dev.plinth.helm.release;

/** The kind of object that Helm keeps a release in. */
public enum StorageDriver {
  /** Secrets of the type {@code helm.sh/release.v1}: the default. */
  SECRET("secret"),
  CONFIGMAP("configmap");

  private final String helmName;

  StorageDriver(String helmName) {
    this.helmName = helmName;
  }

  /** What the environment variable {@code HELM_DRIVER} and the field {@code driver} call it. */
  public String helmName() {
    return helmName;
  }
}
