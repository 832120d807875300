package dev.plinth.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.Json;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;

/** What a real API server makes of requests that mean a version of an object that is no more. */
@WithControlPlane
class LateWriteIT {

  private static final ResourceKind CONFIG_MAP =
      new ResourceKind("", "v1", "ConfigMap", "configmaps", true);

  @Test
  void a_late_apply_or_delete_changes_nothing(KubernetesClient client) {
    ClusterApi api = new ClusterApi(client, "plinth");
    ObjectNode old = api.apply(CONFIG_MAP, configMap("old"), true).object();
    ObjectNode now = api.apply(CONFIG_MAP, configMap("new"), true).object();

    ObjectNode late = configMap("late");
    ((ObjectNode) late.path("metadata")).put("uid", uid(old)).put("resourceVersion", version(old));
    assertConflict(() -> api.apply(CONFIG_MAP, late, true));
    assertConflict(() -> api.delete(CONFIG_MAP, "default", "late", uid(old), version(old)));
    assertThat(api.get(CONFIG_MAP, "default", "late")).contains(now);

    assertThat(api.delete(CONFIG_MAP, "default", "late", uid(now), version(now))).isTrue();
    assertThat(api.delete(CONFIG_MAP, "default", "late", uid(now), version(now))).isFalse();
    ((ObjectNode) late.path("metadata")).put("resourceVersion", version(now));
    assertConflict(() -> api.apply(CONFIG_MAP, late, true));
    assertThat(api.get(CONFIG_MAP, "default", "late")).isEmpty();
  }

  private static void assertConflict(Runnable request) {
    assertThatThrownBy(request::run)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, it -> assertThat(it.getCode()).isEqualTo(409));
  }

  private static ObjectNode configMap(String value) {
    return Json.object(
        """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"late","namespace":"default"},
         "data":{"a":"%s"}}
        """
            .formatted(value));
  }

  private static String uid(ObjectNode object) {
    return object.path("metadata").path("uid").asText();
  }

  private static String version(ObjectNode object) {
    return object.path("metadata").path("resourceVersion").asText();
  }
}
