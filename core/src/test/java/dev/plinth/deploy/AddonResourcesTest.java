package dev.plinth.deploy;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.plinth.FakeApiServer;
import dev.plinth.FakeClock;
import dev.plinth.Json;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.deploy.AddonCondition.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AddonResourcesTest {

  private static final String ADDONS = "/apis/k3s.cattle.io/v1/namespaces/kube-system/addons";
  private static final String FOO = ADDONS + "/foo";
  private static final String DEFINITION =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/addons.k3s.cattle.io";
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
      new AddonResources(
          client, new ClusterApi(client, "plinth"), "n1", "plinth/1", clock, changed::add);

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

    addons.write(record.declaredBy(Optional.of("web"), "/other.yaml", ""));
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
  void writes_on_top_of_the_version_it_knows_and_creates_only_what_is_not_there() throws Exception {
    start(addon("foo", "u1", "7", "web"));
    server.accepts(FOO, "{}").accepts(ADDONS + "/bar", "{}");

    addons.write(AddonResource.empty("foo", Optional.of("web"), "/other.yaml"));
    addons.write(AddonResource.empty("bar", Optional.of("web"), "/bar.yaml"));

    assertThat(server.requests("PATCH"))
        .map(it -> Json.tree(it.body()).path("metadata"))
        .extracting(it -> it.path("resourceVersion").asText(), it -> it.path("uid").asText())
        .containsExactly(tuple("7", "u1"), tuple("0", ""));
  }

  @Test
  void a_change_that_has_nothing_to_do_with_a_write_does_not_stop_it() throws Exception {
    start(addon("foo", "u1", "7", "web"));
    refuseOnce(FOO, 409);
    server.on("GET", FOO, 200, addon("foo", "u1", "8", "web"));
    changed.clear();

    addons.write(AddonResource.empty("foo", Optional.of("web"), "/other.yaml"));

    assertThat(server.requests("PATCH"))
        .map(it -> Json.tree(it.body()).at("/metadata/resourceVersion").asText())
        .containsExactly("7", "8");
    assertThat(changed).contains("foo");
  }

  @Test
  void an_addon_that_another_server_has_taken_meanwhile_is_not_written() throws Exception {
    start(usersAddon("7", "n2"));
    refuseOnce(FOO, 409);
    server.on("GET", FOO, 200, usersAddon("8", "n3"));
    Optional<SourceClaim> claim = Optional.of(new SourceClaim("n1", addons.find("foo")));
    AddonResource record =
        addons.find("foo").orElseThrow().declaredBy(Optional.empty(), "/foo.yaml", "n1");
    definitionServesInstances();

    assertThatThrownBy(() -> addons.write(record, claim)).isInstanceOf(AddonTakenException.class);
    assertThatThrownBy(() -> addons.write(record, claim)).isInstanceOf(AddonTakenException.class);
    assertThatThrownBy(() -> addons.writeStatus("foo", STATUS, claim))
        .isInstanceOf(AddonTakenException.class);

    assertThat(server.requests("PATCH")).hasSize(1);
  }

  @Test
  void an_addon_that_another_server_made_at_the_same_time_is_not_written() throws Exception {
    start();
    refuseOnce(FOO, 422);
    server.on("GET", FOO, 200, usersAddon("8", "n2"));
    definitionServesInstances();

    assertThatThrownBy(
            () ->
                addons.write(
                    AddonResource.empty("foo", Optional.empty(), "/foo.yaml")
                        .declaredBy(Optional.empty(), "/foo.yaml", "n1"),
                    Optional.of(new SourceClaim("n1", Optional.empty()))))
        .isInstanceOf(AddonTakenException.class);

    assertThat(addons.sources("foo").winner()).isEqualTo("n2");
  }

  @Test
  void tells_what_this_server_has_as_a_field_manager_of_its_own_and_once() throws Exception {
    start(usersAddon("7", "n2"));
    server.accepts(FOO + "/status", "{}");
    definitionServesInstances();
    SourceFile file = new SourceFile("n1", "/foo.yaml", "sum");

    addons.writeSource("foo", Optional.of(file));
    addons.writeSource("none", Optional.of(file));

    assertThat(server.requests("PATCH"))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.query()).contains("fieldManager=plinth-source-n1");
              assertThat(Json.tree(it.body()).path("status"))
                  .isEqualTo(
                      Json.tree(
                          "{\"sources\":[{\"instance\":\"n1\",\"path\":\"/foo.yaml\",\"checksum\":\"sum\",\"seen\":\"%s\"}]}"
                              .formatted(clock.instant().truncatedTo(ChronoUnit.SECONDS))));
            });
  }

  @Test
  void the_definition_of_k3s_has_room_for_no_server() throws Exception {
    start();
    server.accepts(FOO, "{}");
    server.on("GET", DEFINITION, 200, "{\"spec\":{\"versions\":[{\"name\":\"v1\"}]}}");

    addons.write(
        AddonResource.empty("foo", Optional.empty(), "/foo.yaml")
            .declaredBy(Optional.empty(), "/foo.yaml", "n1"),
        Optional.of(new SourceClaim("n1", Optional.empty())));
    addons.writeSource("foo", Optional.of(new SourceFile("n1", "/foo.yaml", "sum")));

    assertThat(server.requests("PATCH"))
        .singleElement()
        .satisfies(it -> assertThat(Json.tree(it.body()).path("spec").has("instance")).isFalse());
    assertThat(server.requests("GET")).filteredOn(it -> it.path().equals(DEFINITION)).hasSize(1);
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

  /** Refuses the first write, and keeps the later ones. */
  private void refuseOnce(String path, int code) {
    AtomicBoolean refused = new AtomicBoolean();
    server.on(
        "PATCH",
        path,
        (exchange, request) -> {
          boolean first = refused.compareAndSet(false, true);
          FakeApiServer.send(
              exchange,
              first ? code : 200,
              "application/json",
              first
                  ? "{\"kind\":\"Status\",\"code\":%d,\"message\":\"no\"}".formatted(code)
                  : addon("foo", "u1", "20", "web"));
        });
  }

  private void definitionServesInstances() {
    server.on(
        "GET",
        DEFINITION,
        200,
        """
        {"spec":{"versions":[{"name":"v1","schema":{"openAPIV3Schema":{"properties":{"spec":
        {"properties":{"instance":{"type":"string"}}}}}}}]}}
        """);
  }

  private static String usersAddon(String version, String instance) {
    return """
    {"apiVersion":"k3s.cattle.io/v1","kind":"Addon","metadata":{"name":"foo",
    "namespace":"kube-system","uid":"u1","resourceVersion":"%s",
    "labels":{"applyset.kubernetes.io/id":"x"}},
    "spec":{"source":"/foo.yaml","instance":"%s","checksum":"abc"}}
    """
        .formatted(version, instance);
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
