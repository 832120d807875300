package dev.plinth.apply;

import static dev.plinth.apply.Declared.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeApiServer;
import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import dev.plinth.manifest.ManifestDocument;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApplyEngineTest {

  private static final String WIDGETS = "/apis/example.org/v1/widgets";
  private static final ManifestDocument WIDGET =
      Declared.document(
          "{\"apiVersion\":\"example.org/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"w\"}}");
  private static final String SERVED =
      """
      {"resources":[{"name":"widgets","kind":"Widget","namespaced":false,"verbs":["list"]}]}
      """;

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final ClusterApi api = new ClusterApi(client, "plinth");
  private final OwnedObjects owned =
      new OwnedObjects(client, "plinth", new HealthRules(new HealthContext(false)), it -> {});
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final Concurrently concurrently = new Concurrently(executor);
  private final ChangePlanner planner =
      new ChangePlanner(api, new Discovery(api), owned, new ObjectClaims(it -> {}), concurrently);
  private final ApplyEngine engine = new ApplyEngine(api, planner, owned, concurrently);

  @AfterEach
  void close() {
    owned.close();
    executor.shutdownNow();
    client.close();
    server.close();
  }

  @Test
  void what_has_no_kind_so_far_is_skipped_and_tried_again() throws Exception {
    ApplyResult result = engine.apply(plan());

    assertThat(result.complete()).isFalse();
    assertThat(result.outcomes())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.action()).isEqualTo(Action.SKIPPED);
              assertThat(it.reason()).isEqualTo("KindNotServed");
              assertThat(it.passing()).isTrue();
            });
  }

  @Test
  void a_kind_that_comes_between_plan_and_apply_is_applied() throws Exception {
    ChangeSet changes = plan();
    serveWidgets();
    server.accepts(WIDGETS + "/w", "{}");

    assertThat(engine.apply(changes).outcomes())
        .extracting(ObjectOutcome::action)
        .containsExactly(Action.CONFIGURED);
  }

  @Test
  void a_kind_that_went_is_asked_for_anew_and_waited_for() throws Exception {
    serveWidgets();
    ChangeSet changes = plan();
    server.on("GET", "/apis/example.org/v1", 404, "{\"kind\":\"Status\",\"code\":404}");

    assertThat(engine.apply(changes).outcomes())
        .extracting(ObjectOutcome::reason)
        .containsExactly("NotFound");
    assertThat(plan().steps()).containsExactly(new Step.Await(WIDGET));
  }

  @Test
  void one_objects_failure_is_its_own() throws Exception {
    serveWidgets();
    server.on("PATCH", WIDGETS + "/w", 422, "{\"kind\":\"Status\",\"code\":422,\"message\":\"m\"}");
    server.accepts(WIDGETS + "/v", "{}");
    ManifestDocument other =
        Declared.document(
            "{\"apiVersion\":\"example.org/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"v\"}}");

    ApplyResult result =
        engine.apply(planner.plan(WEB, List.of(WIDGET, other), Set.of(), Declared.DRIFT));

    assertThat(result.outcomes())
        .extracting(ObjectOutcome::action)
        .containsExactly(Action.FAILED, Action.CONFIGURED);
    assertThat(result.problems()).hasSize(1);
  }

  @Test
  void what_is_deleted_is_waited_for_and_has_one_outcome() throws Exception {
    serveWidgets(widget("w", ""), widget("kept", "\"objectset.rio.cattle.io/prune\":\"false\","));
    owned.watch(Set.of(kind()));
    server.on(
        "DELETE",
        WIDGETS + "/w",
        (exchange, request) -> {
          FakeApiServer.send(exchange, 200, "application/json", "{}");
          server.event(WIDGETS, "DELETED", widget("w", ""));
        });

    ApplyResult result = engine.delete(owned.members(WEB.applySetId()), new DeleteRules(false));

    assertThat(result.outcomes())
        .extracting(it -> it.object().name() + " " + it.action())
        .containsExactlyInAnyOrder("w DELETED", "kept SKIPPED");
    assertThat(owned.members(WEB.applySetId()))
        .extracting(ObservedObject::name)
        .containsExactly("kept");
  }

  private ChangeSet plan() throws InterruptedException {
    return planner.plan(WEB, List.of(WIDGET), Set.of(), Declared.DRIFT);
  }

  private ResourceKind kind() {
    return new ResourceKind("example.org", "v1", "Widget", "widgets", false);
  }

  private void serveWidgets(String... items) {
    server
        .on("GET", "/apis/example.org/v1", 200, SERVED)
        .collection(
            WIDGETS,
            "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s]}"
                .formatted(String.join(",", items)));
  }

  private static String widget(String name, String labels) {
    return """
    {"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"%s","uid":"u-%s",
    "resourceVersion":"7","labels":{%s"applyset.kubernetes.io/part-of":"%s"},
    "managedFields":[{"manager":"plinth","operation":"Apply","apiVersion":"example.org/v1",
    "fieldsType":"FieldsV1","fieldsV1":{"f:spec":{}}}]}}
    """
        .formatted(name, name, labels, WEB.applySetId());
  }
}
