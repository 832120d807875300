package dev.plinth.apply;

import static dev.plinth.apply.Declared.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.FakeApiServer;
import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChangePlannerTest {

  private static final String COLLECTION = "/api/v1/configmaps";
  private static final String ONE = "/api/v1/namespaces/a/configmaps/x";
  private static final ManifestDocument MAP =
      Declared.document(
          """
          {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"a"},
           "data":{"k":"v"}}
          """);
  private static final ManifestDocument WIDGET =
      Declared.document(
          "{\"apiVersion\":\"example.org/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"w\"}}");

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final ClusterApi api = new ClusterApi(client, "plinth");
  private final OwnedObjects owned =
      new OwnedObjects(client, "plinth", new HealthRules(new HealthContext(false)), it -> {});
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final ObjectClaims claims = new ObjectClaims(it -> {});
  private final ChangePlanner planner =
      new ChangePlanner(api, new Discovery(api), owned, claims, new Concurrently(executor));

  @BeforeEach
  void serveConfigMaps() {
    server.on(
        "GET",
        "/api/v1",
        200,
        """
        {"resources":[{"name":"configmaps","kind":"ConfigMap","namespaced":true,"verbs":["list"]}]}
        """);
    owns();
  }

  @AfterEach
  void close() {
    owned.close();
    executor.shutdownNow();
    client.close();
    server.close();
  }

  @Test
  void what_does_not_exist_is_applied_without_force() throws Exception {
    ChangeSet changes = planner.plan(WEB, List.of(MAP), Set.of(), Declared.DRIFT);

    assertThat(changes.steps())
        .singleElement()
        .isInstanceOfSatisfying(Step.Apply.class, it -> assertThat(it.force()).isFalse());
    assertThat(changes.isEmpty(new DeleteRules(false))).isFalse();
    assertThat(changes.declared())
        .containsExactly(new ObjectReference("v1", "ConfigMap", "a", "x"));
  }

  @Test
  void what_is_as_declared_is_left_without_reading_it() throws Exception {
    DesiredObject desired = DesiredObject.of(MAP, Declared.CONFIG_MAP, WEB);
    owns(member("x", desired.hash()));

    ChangeSet changes = planner.plan(WEB, List.of(MAP), Set.of(), Declared.DRIFT);

    assertThat(changes.steps()).containsExactly(new Step.Leave(desired));
    assertThat(changes.isEmpty(new DeleteRules(false))).isTrue();
    assertThat(server.requests()).noneMatch(it -> it.path().equals(ONE));
  }

  @Test
  void what_is_ours_and_differs_is_applied_with_force() throws Exception {
    owns(member("x", "another hash"));

    assertThat(planner.plan(WEB, List.of(MAP), Set.of(), Declared.DRIFT).steps())
        .singleElement()
        .isInstanceOfSatisfying(Step.Apply.class, it -> assertThat(it.force()).isTrue());
  }

  @Test
  void what_is_somebody_elses_is_refused() throws Exception {
    server.on(
        "GET",
        ONE,
        200,
        "{\"metadata\":{\"managedFields\":[{\"manager\":\"helm\",\"operation\":\"Update\"}]}}");

    ChangeSet changes = planner.plan(WEB, List.of(MAP), Set.of(), Declared.DRIFT);

    assertThat(changes.refusals())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.reason()).isEqualTo("ForeignObject");
              assertThat(it.location()).contains(MAP.location());
            });
  }

  @Test
  void what_another_set_has_is_refused_though_it_is_watched() throws Exception {
    String foreign = member("x", "hash").replace(WEB.applySetId(), Declared.USER_FILE.applySetId());
    owns(foreign);
    server.on("GET", ONE, 200, foreign);

    ChangeSet changes = planner.plan(WEB, List.of(MAP), Set.of(), Declared.DRIFT);

    assertThat(changes.steps())
        .singleElement()
        .isInstanceOfSatisfying(
            Step.Refuse.class, it -> assertThat(it.reason()).isEqualTo("OwnedByAnother"));
    assertThat(changes.refusals()).as("what stops the others").isEmpty();
  }

  @Test
  void what_we_applied_for_a_set_that_does_not_declare_it_any_more_is_taken_over()
      throws Exception {
    String foreign = member("x", "hash").replace(WEB.applySetId(), Declared.USER_FILE.applySetId());
    owns(foreign);
    server.on("GET", ONE, 200, foreign);
    claims.declare(WEB, List.of(MAP));
    claims.complete();

    assertThat(planner.plan(WEB, List.of(MAP), Set.of(), Declared.DRIFT).steps())
        .singleElement()
        .isInstanceOfSatisfying(Step.Apply.class, it -> assertThat(it.force()).isTrue());
  }

  @Test
  void what_another_set_declares_is_neither_pruned_nor_forgotten() throws Exception {
    owns(member("x", "hash"), member("old", "hash"));
    claims.declare(Declared.USER_FILE, List.of(MAP));

    ChangeSet changes = planner.plan(WEB, List.of(), Set.of(Declared.CONFIG_MAP), Declared.DRIFT);

    assertThat(changes.prune()).extracting(ObservedObject::name).containsExactly("old");
    assertThat(changes.released()).extracting(ObservedObject::name).containsExactly("x");
  }

  @Test
  void a_kind_that_is_not_served_is_waited_for_and_planned_once_it_is() throws Exception {
    ChangeSet changes = planner.plan(WEB, List.of(WIDGET), Set.of(), Declared.DRIFT);

    assertThat(changes.steps()).containsExactly(new Step.Await(WIDGET));
    assertThat(changes.isEmpty(new DeleteRules(false))).isFalse();
    assertThat(changes.declared()).containsExactly(WIDGET.reference());
    assertThat(planner.planLate(WIDGET, WEB, Declared.DRIFT)).isEmpty();

    server.on(
        "GET",
        "/apis/example.org/v1",
        200,
        """
        {"resources":[{"name":"widgets","kind":"Widget","namespaced":false,"verbs":["list"]}]}
        """);
    server.collection(
        "/apis/example.org/v1/widgets", "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}");

    assertThat(planner.planLate(WIDGET, WEB, Declared.DRIFT)).containsInstanceOf(Step.Apply.class);
  }

  @Test
  void members_that_are_not_declared_any_more_are_pruned_among_all_recorded_kinds()
      throws Exception {
    owns(
        member("x", "hash"),
        member("old", "hash"),
        member("other", "hash").replace(WEB.applySetId(), Declared.USER_FILE.applySetId()),
        member("going", "hash")
            .replace("\"uid\"", "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"uid\""));

    assertThat(planner.plan(WEB, List.of(), Set.of(Declared.CONFIG_MAP), Declared.DRIFT).prune())
        .extracting(ObservedObject::name)
        .containsExactlyInAnyOrder("x", "old");
    assertThat(planner.plan(WEB, List.of(MAP), Set.of(), Declared.DRIFT).prune())
        .extracting(ObservedObject::name)
        .containsExactly("old");
  }

  @Test
  void a_plan_writes_nothing() throws Exception {
    owns(member("old", "hash"));

    planner.plan(WEB, List.of(MAP, WIDGET), Set.of(Declared.CONFIG_MAP), Declared.DRIFT);

    assertThat(server.requests()).allMatch(it -> it.method().equals("GET"));
  }

  @Test
  void a_kind_that_may_not_be_listed_fails_its_own_objects_only() throws Exception {
    server.on(
        "GET",
        "/apis/example.org/v1",
        200,
        """
        {"resources":[{"name":"widgets","kind":"Widget","namespaced":false,"verbs":["list"]}]}
        """);
    server.on(
        "GET",
        "/apis/example.org/v1/widgets",
        403,
        "{\"kind\":\"Status\",\"code\":403,\"message\":\"widgets are forbidden\"}");

    ChangeSet changes = planner.plan(WEB, List.of(WIDGET, MAP), Set.of(), Declared.DRIFT);

    assertThat(changes.steps())
        .satisfiesExactlyInAnyOrder(
            it -> assertThat(it).isInstanceOf(Step.Apply.class),
            it ->
                assertThat(it)
                    .isInstanceOfSatisfying(
                        Step.Fail.class,
                        fail -> {
                          assertThat(fail.outcome().reason()).isEqualTo("Forbidden");
                          assertThat(fail.outcome().location()).contains(WIDGET.location());
                        }));
    assertThat(changes.isEmpty(new DeleteRules(false))).isFalse();
  }

  @Test
  void an_api_service_that_does_not_answer_fails_its_own_objects_only() throws Exception {
    server.on(
        "GET",
        "/apis/example.org/v1",
        503,
        "{\"kind\":\"Status\",\"code\":503,\"message\":\"no endpoints\"}");

    assertThat(planner.plan(WEB, List.of(WIDGET, MAP), Set.of(), Declared.DRIFT).steps())
        .anySatisfy(it -> assertThat(it).isInstanceOf(Step.Apply.class))
        .anySatisfy(
            it ->
                assertThat(it)
                    .isInstanceOfSatisfying(
                        Step.Fail.class,
                        fail -> assertThat(fail.outcome().reason()).isEqualTo("KindUnavailable")));
  }

  @Test
  void a_cluster_that_cannot_be_read_is_no_empty_cluster() {
    server.on("GET", ONE, 500, "{\"kind\":\"Status\",\"code\":500,\"message\":\"etcd\"}");

    assertThatThrownBy(() -> planner.plan(WEB, List.of(MAP), Set.of(), Declared.DRIFT))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessage("etcd");
  }

  private void owns(String... members) {
    server.collection(
        COLLECTION,
        "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s]}"
            .formatted(String.join(",", members)));
  }

  private static String member(String name, String mark) {
    return """
    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"a","name":"%s",
    "uid":"u-%s","resourceVersion":"7",
    "labels":{"applyset.kubernetes.io/part-of":"%s"},"annotations":{"plinth.dev/applied":"%s"},
    "managedFields":[{"manager":"plinth","operation":"Apply","apiVersion":"v1",
    "fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:k":{}},"f:metadata":{
    "f:labels":{"f:applyset.kubernetes.io/part-of":{},"f:plinth.dev/addon":{}},
    "f:annotations":{"f:plinth.dev/applied":{}}}}}]}}
    """
        .formatted(name, name, WEB.applySetId(), mark);
  }
}
