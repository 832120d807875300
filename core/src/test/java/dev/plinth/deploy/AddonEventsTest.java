package dev.plinth.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.FakeApiServer;
import dev.plinth.FakeClock;
import dev.plinth.Json;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.deploy.AddonEvents.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AddonEventsTest {

  private static final String EVENTS = "/api/v1/namespaces/kube-system/events";

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final AddonEvents events =
      new AddonEvents(new ClusterApi(client, "plinth"), "node-1", new FakeClock());

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void an_event_is_about_the_addon_with_k3s_component_and_the_host() {
    server.on("POST", EVENTS, 201, "{}");

    events.record("foo", "uid-1", Reason.APPLIED_MANIFEST, "Applied manifest at /foo.yaml");

    ObjectNode event = Json.object(server.requests().get(0).body());
    assertThat(((ObjectNode) event.path("metadata")).remove("name").asText())
        .matches("foo\\.[0-9a-f]{32}");
    assertThat((JsonNode) event)
        .isEqualTo(
            Json.tree(
                """
                {"apiVersion":"v1","kind":"Event","metadata":{"namespace":"kube-system"},
                 "involvedObject":{"apiVersion":"k3s.cattle.io/v1","kind":"Addon",
                   "namespace":"kube-system","name":"foo","uid":"uid-1"},
                 "type":"Normal","reason":"AppliedManifest",
                 "message":"Applied manifest at /foo.yaml",
                 "source":{"component":"deploy","host":"node-1"},
                 "reportingComponent":"deploy","reportingInstance":"node-1",
                 "firstTimestamp":"2026-01-02T03:04:05Z","lastTimestamp":"2026-01-02T03:04:05Z",
                 "count":1}
                """));
  }

  @Test
  void every_event_has_a_name_of_its_own() {
    server.on("POST", EVENTS, 201, "{}");

    events.record("foo", "uid-1", Reason.APPLYING_MANIFEST, "x");
    events.record("foo", "uid-1", Reason.APPLYING_MANIFEST, "x");

    assertThat(server.requests())
        .extracting(it -> Json.tree(it.body()).at("/metadata/name").asText())
        .doesNotHaveDuplicates();
  }

  @Test
  void reasons_and_types_are_those_of_k3s() {
    server.on("POST", EVENTS, 201, "{}");

    Arrays.stream(Reason.values()).forEach(it -> events.record("foo", "u", it, "x"));

    assertThat(server.requests())
        .extracting(
            it ->
                Json.tree(it.body()).path("type").asText()
                    + " "
                    + Json.tree(it.body()).path("reason").asText())
        .containsExactly(
            "Warning ReadManifestFailed",
            "Warning ParseManifestFailed",
            "Warning ValidateManifestFailed",
            "Normal ApplyingManifest",
            "Warning ApplyManifestFailed",
            "Normal AppliedManifest",
            "Normal DeletingManifest",
            "Warning ManifestEdited",
            "Warning ManifestEmptied",
            "Warning NameTaken",
            "Warning SourcesDiffer",
            "Warning ObjectDeclaredTwice",
            "Warning ObjectUnhealthy",
            "Warning DisableDiffers",
            "Warning OverlayFailed",
            "Warning Drifted",
            "Warning Contested",
            "Warning InvalidDriftPolicy",
            "Normal DriftRepaired");
  }

  @Test
  void a_message_is_cut_to_what_the_api_server_takes() {
    server.on("POST", EVENTS, 201, "{}");

    events.record("foo", "u", Reason.APPLY_MANIFEST_FAILED, "x".repeat(2000));

    assertThat(Json.tree(server.requests().get(0).body()).path("message").asText()).hasSize(1024);
  }

  @Test
  void an_event_that_cannot_be_written_is_no_failure_of_the_work() {
    server.on("POST", EVENTS, 403, "{\"kind\":\"Status\",\"message\":\"no\"}");

    events.record("foo", "u", Reason.APPLIED_MANIFEST, "x");

    assertThat(server.requests()).hasSize(1);
  }
}
