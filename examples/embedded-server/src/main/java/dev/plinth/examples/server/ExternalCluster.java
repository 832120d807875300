package dev.plinth.examples.server;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;

/** A cluster that somebody else runs. */
record ExternalCluster(KubernetesClient client, Path kubeconfig) implements Cluster {

  /**
   * The cluster that a kubeconfig's current context names.
   *
   * @throws UsageException if the file is not there or is no kubeconfig
   */
  static ExternalCluster of(Path kubeconfig) {
    KubernetesClient client =
        new KubernetesClientBuilder().withConfig(Kubeconfigs.read(kubeconfig)).build();
    return new ExternalCluster(client, kubeconfig);
  }

  @Override
  public boolean simulatesNodes() {
    return false;
  }

  @Override
  public void close() {
    client.close();
  }
}
