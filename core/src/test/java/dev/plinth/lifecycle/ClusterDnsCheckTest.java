package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeApiServer;
import dev.plinth.cluster.ClusterApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterDnsCheckTest {

  private static final List<String> DNS = List.of("10.43.0.10");
  private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/dns/endpointslices";

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final ClusterDnsCheck check = new ClusterDnsCheck(new ClusterApi(client, "plinth"));

  @BeforeEach
  void serveServices() {
    server.on(
        "GET",
        "/api/v1/services",
        200,
        """
        {"items":[
          {"metadata":{"name":"kubernetes","namespace":"default"},"spec":{"clusterIPs":["10.43.0.1"]}},
          {"metadata":{"name":"headless","namespace":"a"},"spec":{"clusterIPs":["None"]}},
          {"metadata":{"name":"mine","namespace":"dns"},"spec":{"clusterIPs":["10.43.0.10"]}}]}
        """);
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"ready\":true}", "{}"})
  void is_content_with_a_service_that_has_a_ready_endpoint(String conditions) {
    server.on(
        "GET",
        SLICES,
        200,
        "{\"items\":[{\"endpoints\":[{\"conditions\":{\"ready\":false}},{\"conditions\":%s}]}]}"
            .formatted(conditions));

    assertThat(check.warning(DNS)).isEmpty();
    assertThat(server.requests().get(1).query())
        .isEqualTo("labelSelector=kubernetes.io/service-name=mine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"items\":[]}",
        "{\"items\":[{\"endpoints\":null}]}",
        "{\"items\":[{\"endpoints\":[{\"conditions\":{\"ready\":false}}]}]}"
      })
  void warns_of_a_service_that_has_none(String slices) {
    server.on("GET", SLICES, 200, slices);

    assertThat(check.warning(DNS))
        .hasValueSatisfying(
            it -> assertThat(it).contains("dns/mine", "10.43.0.10", "no ready endpoint"));
  }

  @Test
  void warns_if_nothing_has_the_address() {
    assertThat(check.warning(List.of("10.43.0.11")))
        .hasValueSatisfying(it -> assertThat(it).contains("nothing answers at 10.43.0.11"));
  }
}
