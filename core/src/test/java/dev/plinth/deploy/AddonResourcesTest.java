package dev.plinth.deploy;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.FakeApiServer;
import dev.plinth.FakeClock;
import dev.plinth.Json;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.deploy.AddonCondition.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AddonResourcesTest {

  private static final String ADDONS = "/apis/k3s.cattle.io/v1/namespaces/kube-system/addons";
  private static final String FOO = ADDONS + "/foo";
  private static final AddonStatusView STATUS =
      new AddonStatusView(
          "sum",
          1,
          1,
          "n1",
          new AddonCondition(Status.TRUE, "Applied", ""),
          new AddonCondition(Status.TRUE, "Ready", "1 object"),
          new TreeMap<>(),
          List.of());

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final FakeClock clock = new FakeClock();
  private final List<String> changed = new CopyOnWriteArrayList<>();
  private final AddonResources addons =
      new AddonResources(client, new ClusterApi(client, "plinth"), "plinth/1", clock, changed::add);

  @AfterEach
  void close() {
    addons.close();
    client.close();
    server.close();
  }

  @Test
  void knows_what_the_cluster_has_once_started() throws Exception {
    start(addon("foo", "u1", "7", "web"), addon("bar", "u2", "8", "other"));

    assertThat(addons.find("foo")).map(AddonResource::source).contains("/foo.yaml");
    assertThat(addons.of("web")).extracting(AddonResource::name).containsExactly("foo");
    assertThat(addons.uid("bar")).contains("u2");
    assertThat(addons.find("none")).isEmpty();
    assertThat(changed).containsExactlyInAnyOrder("foo", "bar");
  }

  @Test
  void a_start_that_failed_can_be_tried_again() throws Exception {
    server.on("GET", ADDONS, 403, "{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}");
    assertThatThrownBy(() -> addons.start().get(30, SECONDS))
        .hasCauseInstanceOf(KubernetesClientException.class);

    start(addon("foo", "u1", "7", "web"));
    server.event(ADDONS, "ADDED", addon("bar", "u2", "8", "web"));

    assertThat(addons.find("foo")).isPresent();
    await().until(() -> addons.find("bar").isPresent());
  }

  @Test
  void another_start_forgets_what_went_while_nobody_watched() throws Exception {
    start(addon("foo", "u1", "7", "web"), addon("bar", "u2", "8", "web"));
    changed.clear();

    start(addon("bar", "u2", "8", "web"));

    assertThat(addons.find("foo")).isEmpty();
    assertThat(addons.find("bar")).isPresent();
    assertThat(changed).contains("foo");
  }

  @Test
  void is_not_started_after_its_end() {
    addons.close();

    assertThatThrownBy(addons::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void writes_a_record_once_and_again_only_if_it_differs() throws Exception {
    start();
    server.accepts(FOO, "{}");
    AddonResource record = AddonResource.empty("foo", Optional.of("web"), "/foo.yaml");

    addons.write(record);
    addons.write(record);
    assertThat(server.requests("PATCH")).hasSize(1);

    addons.write(record.declaredBy(Optional.of("web"), "/other.yaml"));
    assertThat(server.requests("PATCH")).hasSize(2);
    assertThat(addons.find("foo")).map(AddonResource::source).contains("/other.yaml");
  }

  @Test
  void what_k3s_wrote_is_written_once_to_make_it_the_parent_of_its_set() throws Exception {
    start(addon("foo", "u1", "7", "web"));
    server.accepts(FOO, "{}");

    addons.write(addons.find("foo").orElseThrow());
    addons.write(addons.find("foo").orElseThrow());

    assertThat(server.requests("PATCH"))
        .singleElement()
        .satisfies(
            it ->
                assertThat(
                        Json.tree(it.body())
                            .at("/metadata/labels")
                            .has("applyset.kubernetes.io/id"))
                    .isTrue());
  }

  @Test
  void writes_a_status_only_if_it_says_something_new() throws Exception {
    start(addon("foo", "u1", "7", "web"));
    server.accepts(FOO + "/status", STATUS.toJson(Json.tree("{}"), clock.instant()).toString());

    addons.writeStatus("foo", STATUS);
    clock.advance(Duration.ofHours(1));
    addons.writeStatus("foo", STATUS);

    assertThat(server.requests("PATCH")).hasSize(1);
    assertThat(addons.condition("foo", "Ready"))
        .contains(new AddonCondition(Status.TRUE, "Ready", "1 object"));
    assertThat(addons.condition("foo", "Unknown")).isEmpty();
    assertThat(addons.condition("none", "Ready")).isEmpty();
  }

  @Test
  void an_answer_that_is_late_does_not_bring_back_what_was_deleted_meanwhile() throws Exception {
    start(addon("foo", "u1", "7", "web"));
    server.on(
        "PATCH",
        FOO,
        (exchange, request) -> {
          server.event(ADDONS, "DELETED", addon("foo", "u1", "9", "web"));
          await().until(() -> addons.find("foo").isEmpty());
          FakeApiServer.send(exchange, 200, "application/json", addon("foo", "u1", "8", "web"));
        });

    addons.write(AddonResource.empty("foo", Optional.of("web"), "/other.yaml"));

    assertThat(addons.find("foo")).isEmpty();
  }

  @Test
  void an_older_event_after_a_newer_answer_changes_nothing() throws Exception {
    start();
    server.accepts(FOO, "{}");
    addons.write(AddonResource.empty("foo", Optional.of("web"), "/new.yaml"));

    server.event(ADDONS, "ADDED", addon("foo", "uid of " + FOO, "900", "web"));
    server.event(ADDONS, "ADDED", addon("bar", "u2", "901", "web"));
    await().until(() -> addons.find("bar").isPresent());

    assertThat(addons.find("foo")).map(AddonResource::source).contains("/new.yaml");
  }

  @Test
  void deletes_the_one_it_knows_and_nothing_if_it_knows_none() throws Exception {
    start(addon("foo", "u1", "7", "web"));
    server.on("DELETE", FOO, 200, "{}");

    addons.delete("foo");
    addons.delete("foo");
    addons.delete("none");

    assertThat(server.requests("DELETE"))
        .singleElement()
        .satisfies(
            it ->
                assertThat(Json.tree(it.body()).at("/preconditions/uid").asText()).isEqualTo("u1"));
    assertThat(addons.find("foo")).isEmpty();
  }

  @Test
  void one_that_is_deleted_by_somebody_is_told() throws Exception {
    start(addon("foo", "u1", "7", "web"));
    changed.clear();

    server.event(ADDONS, "DELETED", addon("foo", "u1", "8", "web"));

    await().until(() -> addons.find("foo").isEmpty());
    await().until(() -> changed.contains("foo"));
  }

  private void start(String... items) throws Exception {
    server.collection(
        ADDONS,
        "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s]}"
            .formatted(String.join(",", items)));
    addons.start().get(30, SECONDS);
  }

  private static String addon(String name, String uid, String version, String owner) {
    return """
    {"apiVersion":"k3s.cattle.io/v1","kind":"Addon","metadata":{"name":"%s",
    "namespace":"kube-system","uid":"%s","resourceVersion":"%s",
    "labels":{"plinth.dev/addon":"%s"}},"spec":{"source":"/%s.yaml","checksum":"abc"}}
    """
        .formatted(name, uid, version, owner, name);
  }
}
