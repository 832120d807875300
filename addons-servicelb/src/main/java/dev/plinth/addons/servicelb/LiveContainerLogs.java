package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the API server, which asks the kubelet. The container is not told to leave its last words in
 * the pod's status: that would be another template than K3s's, and renew all pods at a takeover.
 */
final class LiveContainerLogs implements ContainerLogs {

  private static final Logger log = LoggerFactory.getLogger(LiveContainerLogs.class);

  private static final int LINES = 3;
  private static final int BYTES = 4096;

  private final KubernetesClient client;

  LiveContainerLogs(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public List<String> lastLines(Pod pod, String container, boolean previous) {
    // Not the client's own way to logs, which would wait for the pod to become ready.
    String path =
        "/api/v1/namespaces/%s/pods/%s/log?container=%s&previous=%s&tailLines=%d&limitBytes=%d"
            .formatted(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                container,
                previous,
                LINES,
                BYTES);
    try {
      String text = client.raw(path);
      return text == null ? List.of() : text.lines().filter(it -> !it.isBlank()).toList();
    } catch (KubernetesClientException e) {
      log.debug("No log of container {} of pod {}", container, pod.getMetadata().getName(), e);
      return List.of();
    }
  }
}
