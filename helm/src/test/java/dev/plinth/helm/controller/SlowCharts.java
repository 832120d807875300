package dev.plinth.helm.controller;

import dev.plinth.helm.chart.TestArchive;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;

/** Charts with hooks that last until somebody lets them end. */
final class SlowCharts {

  private static final String HOOK = "hook";

  private SlowCharts() {}

  /**
   * A ConfigMap, and a pod that Helm waits for.
   *
   * @param events when it runs, such as {@code pre-install,pre-upgrade}
   */
  static TestArchive of(String events) {
    return Charts.of(
        "note",
        "1.0.0",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: note}
        data: {text: {{ .Values.text | quote }}}
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: hook
          annotations: {helm.sh/hook: "%s"}
        spec:
          nodeSelector: {example.com/nowhere: "true"}
          restartPolicy: Never
          terminationGracePeriodSeconds: 0
          containers: [{name: a, image: "example/a:1"}]
        """
            .formatted(events));
  }

  static boolean isAtWork(KubernetesClient client, String namespace) {
    return client.pods().inNamespace(namespace).withName(HOOK).get() != null;
  }

  /** Lets the hook end that runs, if one does. */
  static void letEnd(KubernetesClient client, String namespace) {
    List<Pod> pods = client.pods().inNamespace(namespace).list().getItems();
    pods.stream()
        .filter(it -> it.getMetadata().getName().equals(HOOK))
        .filter(it -> !"Succeeded".equals(it.getStatus().getPhase()))
        .forEach(
            it ->
                client
                    .resource(it)
                    .subresource("status")
                    .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\": {\"phase\": \"Succeeded\"}}"));
  }
}
