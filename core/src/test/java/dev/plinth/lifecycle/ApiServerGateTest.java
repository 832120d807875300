package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.FakeApiServer;
import dev.plinth.cluster.ClusterApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerGateTest {

  private static final String KUBE_SYSTEM = "/api/v1/namespaces/kube-system";

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final ApiServerGate gate = new ApiServerGate(new ClusterApi(client, "plinth"));

  @BeforeEach
  void ready() {
    server.on("GET", "/readyz", 200, "ok").on("GET", KUBE_SYSTEM, 200, "{}");
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void is_open_if_the_server_is_ready_and_has_made_its_namespace() {
    assertThat(gate.obstacle()).isEmpty();
    assertThat(gate.missingNamespace()).isEmpty();
  }

  @Test
  void is_shut_while_the_server_is_not_ready() {
    server.on("GET", "/readyz", 503, "not ok");

    assertThat(gate.obstacle()).contains("the API server is not ready");
  }

  @Test
  void is_shut_while_rights_are_not_set_up() {
    server.on("GET", "/readyz", 403, "{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}");

    assertThat(gate.obstacle()).isPresent();
  }

  @Test
  void is_shut_until_the_namespace_is_there() {
    server.on("GET", KUBE_SYSTEM, 404, "{\"kind\":\"Status\",\"code\":404}");

    assertThat(gate.missingNamespace())
        .hasValueSatisfying(it -> assertThat(it).contains("kube-system"));
  }

  @Test
  void is_shut_while_nobody_answers() {
    server.close();

    assertThat(gate.obstacle())
        .hasValueSatisfying(it -> assertThat(it).startsWith("the API server does not answer: "));
  }

  @Test
  void wrong_credentials_are_nothing_to_wait_for() {
    server.on("GET", "/readyz", 401, "{\"kind\":\"Status\",\"code\":401,\"message\":\"who?\"}");

    assertThatThrownBy(gate::obstacle)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, it -> assertThat(it.getCode()).isEqualTo(401));
  }

  @ParameterizedTest
  @CsvSource({"1, 27", "1, 27+", "1, 35", "1, 35.1", "1, 100"})
  void works_with_servers_that_are_new_enough(String major, String minor) {
    serveVersion(major, minor);

    assertThat(gate.unsupported()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 26",
    "1, 26+",
    "1, 9",
    "0, 27",
    "2, 27",
    "1, ''",
    "1, x",
    "1, 99999999999",
    "'', ''"
  })
  void does_not_work_with_others_and_says_what_is_needed(String major, String minor) {
    serveVersion(major, minor);

    assertThat(gate.unsupported())
        .contains(
            "the API server is Kubernetes v%s.%s; 1.27 or newer is needed".formatted(major, minor));
  }

  @Test
  void an_answer_that_is_no_version_is_not_taken_for_one() {
    server.on("GET", "/version", 200, "<html>");
    assertThatThrownBy(gate::unsupported).isInstanceOf(KubernetesClientException.class);

    server.on("GET", "/version", 404, "404 page not found");
    assertThatThrownBy(gate::unsupported)
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("/version");

    server.on("GET", "/version", 200, "{}");
    assertThat(gate.unsupported())
        .contains("the API server is Kubernetes unknown; 1.27 or newer is needed");
  }

  private void serveVersion(String major, String minor) {
    server.on(
        "GET",
        "/version",
        200,
        "{\"major\":\"%s\",\"minor\":\"%s\",\"gitVersion\":\"v%s.%s\"}"
            .formatted(major, minor, major, minor));
  }
}
