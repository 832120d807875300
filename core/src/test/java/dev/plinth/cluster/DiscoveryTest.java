package dev.plinth.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.FakeApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DiscoveryTest {

  private static final String APPS =
      """
      {"kind":"APIResourceList","groupVersion":"apps/v1","resources":[
        {"name":"deployments","kind":"Deployment","namespaced":true,"verbs":["get","list","patch"]},
        {"name":"deployments/scale","kind":"Scale","namespaced":true,"verbs":["get","patch"]},
        {"name":"tokens","kind":"Token","namespaced":false,"verbs":["create"]}]}
      """;

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final Discovery discovery = new Discovery(new ClusterApi(client, "plinth"));

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void finds_a_kind_and_asks_for_its_group_version_once() {
    server.on("GET", "/apis/apps/v1", 200, APPS);

    assertThat(discovery.find("apps/v1", "Deployment"))
        .contains(new ResourceKind("apps", "v1", "Deployment", "deployments", true));
    assertThat(discovery.find("apps/v1", "Deployment")).isPresent();

    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void the_core_group_has_a_path_of_its_own() {
    server.on(
        "GET",
        "/api/v1",
        200,
        """
        {"resources":[{"name":"nodes","kind":"Node","namespaced":false,"verbs":["list"]}]}
        """);

    assertThat(discovery.find("v1", "Node"))
        .contains(new ResourceKind("", "v1", "Node", "nodes", false));
  }

  @Test
  void subresources_and_what_cannot_be_listed_are_no_kinds_to_manage() {
    server.on("GET", "/apis/apps/v1", 200, APPS);

    assertThat(discovery.find("apps/v1", "Scale")).isEmpty();
    assertThat(discovery.find("apps/v1", "Token")).isEmpty();
  }

  @Test
  void an_api_version_that_is_none_cannot_lead_to_another_path() {
    assertThat(discovery.find("apps/../../api/v1", "Node")).isEmpty();
    assertThat(discovery.find("apps/v1?x=1#y z", "Deployment")).isEmpty();

    assertThat(server.requests())
        .extracting(it -> it.path() + " " + it.query())
        .containsExactly("/apis/apps/../../api/v1 null", "/apis/apps/v1?x=1#y z null");
  }

  @Test
  void what_is_not_there_is_asked_for_again() {
    assertThat(discovery.find("apps/v1", "Deployment")).isEmpty();

    server.on("GET", "/apis/apps/v1", 200, APPS);

    assertThat(discovery.find("apps/v1", "Deployment")).isPresent();
  }

  @Test
  void what_is_forgotten_is_asked_for_again() {
    server.on("GET", "/apis/apps/v1", 200, APPS);
    assertThat(discovery.find("apps/v1", "Deployment")).isPresent();

    server.on("GET", "/apis/apps/v1", 200, "{\"resources\":[]}");
    assertThat(discovery.find("apps/v1", "Deployment")).isPresent();
    discovery.forget("apps/v1");

    assertThat(discovery.find("apps/v1", "Deployment")).isEmpty();
  }

  @Test
  void a_server_that_cannot_answer_is_not_taken_for_one_without_the_kind() {
    server.on("GET", "/apis/apps/v1", 503, "{}");

    assertThatThrownBy(() -> discovery.find("apps/v1", "Deployment"))
        .isInstanceOf(KubernetesClientException.class);
  }
}
