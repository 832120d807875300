package dev.plinth.examples.server;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;

/** The cluster that a server's add-ons live in. */
interface Cluster extends AutoCloseable {

  /** A client with an administrator's rights; closed with the cluster. */
  KubernetesClient client();

  /** The file to reach it with. */
  Path kubeconfig();

  /** True if its nodes and pods are simulated. */
  boolean simulatesNodes();

  @Override
  void close();
}
