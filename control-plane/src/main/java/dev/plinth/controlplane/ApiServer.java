package dev.plinth.controlplane;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;

/** The API server as its clients see it. */
final class ApiServer implements AutoCloseable {
  private static final String USER_AGENT = "plinth-control-plane";
  private static final int PROBE_TIMEOUT_MILLIS = 10_000;

  private final Kubeconfig kubeconfig;
  private final KubernetesClient own;
  private final List<KubernetesClient> lent = new ArrayList<>();

  ApiServer(Kubeconfig kubeconfig) {
    this.kubeconfig = kubeconfig;
    // Whether it fails is what a probe wants to know: it must not try again by itself.
    Config config =
        new ConfigBuilder(kubeconfig.clientConfig())
            .withUserAgent(USER_AGENT)
            .withRequestRetryBackoffLimit(0)
            .withConnectionTimeout(PROBE_TIMEOUT_MILLIS)
            .withRequestTimeout(PROBE_TIMEOUT_MILLIS)
            .build();
    this.own = new KubernetesClientBuilder().withConfig(config).build();
  }

  Kubeconfig kubeconfig() {
    return kubeconfig;
  }

  /** A client for the use of this module, with a user agent that tells it from others. */
  KubernetesClient own() {
    return own;
  }

  /** A client that is closed with this object, if its user does not close it before. */
  synchronized KubernetesClient lend(Config config) {
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    lent.add(client);
    return client;
  }

  boolean isReady() {
    return answers("/readyz");
  }

  /** Whether a path is answered with success. */
  boolean answers(String path) {
    try {
      return own.raw(path) != null;
    } catch (KubernetesClientException e) {
      return false; // not yet
    }
  }

  /** Whether the controller manager has done its first work. */
  boolean hasDefaultServiceAccount() {
    return answers("/api/v1/namespaces/default/serviceaccounts/default");
  }

  @Override
  public synchronized void close() {
    lent.forEach(KubernetesClient::close);
    own.close();
  }
}
