package dev.plinth.addons.servicelb;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;

/** Deletes DaemonSets, each by its UID, so that none that has taken its place goes. */
final class DaemonSetDeletion {

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private final KubernetesClient client;

  DaemonSetDeletion(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Deletes a DaemonSet; its pods follow.
   *
   * @return whether it is gone; it is not if finalizers keep it
   */
  boolean delete(DaemonSet daemonSet) {
    DeleteOptions options =
        new DeleteOptionsBuilder()
            .withPropagationPolicy("Background")
            .withNewPreconditions()
            .withUid(daemonSet.getMetadata().getUid())
            .endPreconditions()
            .build();
    try {
      String answer = client.raw(path(daemonSet), "DELETE", options);
      return answer == null
          || "Status".equals(SERIALIZATION.unmarshal(answer, Map.class).get("kind"));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HTTP_NOT_FOUND || e.getCode() == HTTP_CONFLICT) {
        return true;
      }
      throw e;
    }
  }

  private static String path(DaemonSet daemonSet) {
    return "/apis/apps/v1/namespaces/%s/daemonsets/%s"
        .formatted(daemonSet.getMetadata().getNamespace(), daemonSet.getMetadata().getName());
  }
}
