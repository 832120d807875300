package dev.plinth.apply;

import static dev.plinth.apply.Declared.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeApiServer;
import dev.plinth.Json;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ObjectApplierTest {

  private static final String COLLECTION = "/apis/apps/v1/deployments";
  private static final String ONE = "/apis/apps/v1/namespaces/a/deployments/web";
  private static final DesiredObject DESIRED =
      Declared.object(
          Declared.DEPLOYMENT,
          """
          {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"a"},
           "spec":{"replicas":1}}
          """);
  private static final String IMMUTABLE =
      """
      {"kind":"Status","code":422,"reason":"Invalid","message":"it is invalid","details":{"causes":[
        {"reason":"FieldValueInvalid","field":"spec.selector","message":"field is immutable"}%s]}}
      """;

  private static final String OTHER_VERSION =
      """
      {"kind":"Status","code":409,"reason":"Conflict","message":"the object has been modified"}
      """;

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final OwnedObjects owned =
      new OwnedObjects(client, "plinth", new HealthRules(new HealthContext(false)), it -> {});
  private final ObjectApplier applier = new ObjectApplier(new ClusterApi(client, "plinth"), owned);

  @BeforeEach
  void watch() {
    server.collection(
        COLLECTION,
        "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s]}".formatted(live("u1", "")));
    owned.watch(Set.of(Declared.DEPLOYMENT));
  }

  @AfterEach
  void close() {
    owned.close();
    client.close();
    server.close();
  }

  @Test
  void what_is_applied_is_known_at_once() {
    server.on("PATCH", ONE, 201, live("u2", DESIRED.hash()));

    assertThat(apply(false).action()).isEqualTo(Action.CREATED);

    assertThat(found().uid()).isEqualTo("u2");
    assertThat(DESIRED.isUnchanged(found())).isTrue();
    assertThat(server.requests("PATCH")).hasSize(1);
  }

  @Test
  void fields_that_admission_takes_are_remembered_by_a_second_apply_and_not_fought() {
    String taken =
        live("u1", "%s")
            .replace("\"f:spec\":{\"f:replicas\":{}},", "")
            .replace("\"10\"", "\"1%d\"");
    AtomicInteger version = new AtomicInteger();
    server.on(
        "PATCH",
        ONE,
        (exchange, request) ->
            FakeApiServer.send(
                exchange,
                200,
                "application/json",
                taken.formatted(
                    version.incrementAndGet(),
                    Json.tree(request.body())
                        .at("/metadata/annotations/plinth.dev~1applied")
                        .asText())));

    assertThat(apply(true).action()).isEqualTo(Action.CONFIGURED);

    assertThat(server.requests("PATCH")).hasSize(2);
    assertThat(DESIRED.isUnchanged(found())).isTrue();
  }

  @Test
  void a_conflict_without_force_is_somebody_elses_object() {
    server
        .on("PATCH", ONE, 409, "{\"kind\":\"Status\",\"code\":409,\"message\":\"conflict\"}")
        .on(
            "GET",
            ONE,
            200,
            "{\"metadata\":{\"managedFields\":[{\"manager\":\"helm\",\"operation\":\"Update\"}]}}");

    ObjectOutcome outcome = apply(false);

    assertThat(outcome.reason()).isEqualTo("ForeignObject");
    assertThat(outcome.message()).contains("helm");
    assertThat(outcome.passing()).isFalse();
  }

  @Test
  void a_conflict_over_an_object_that_went_passes() {
    server.on("PATCH", ONE, 409, "{\"kind\":\"Status\",\"code\":409}");

    ObjectOutcome outcome = apply(false);

    assertThat(outcome.reason()).isEqualTo("Conflict");
    assertThat(outcome.passing()).isTrue();
  }

  @Test
  void what_can_only_be_made_anew_is_deleted_waited_for_and_made_anew() {
    server
        .on("PATCH", ONE, 422, IMMUTABLE.formatted(""))
        .on(
            "DELETE",
            ONE,
            (exchange, request) -> {
              server.on("PATCH", ONE, 201, live("u2", DESIRED.hash()));
              server.event(COLLECTION, "DELETED", live("u1", ""));
              FakeApiServer.send(exchange, 200, "application/json", "{}");
            });

    assertThat(apply(true).action()).isEqualTo(Action.CREATED);

    assertThat(server.requests())
        .extracting(FakeApiServer.Request::method)
        .containsSubsequence("PATCH", "DELETE", "PATCH");
    assertThat(server.requests("DELETE"))
        .singleElement()
        .satisfies(
            it ->
                assertThat(Json.tree(it.body()).at("/preconditions/uid").asText()).isEqualTo("u1"));
    assertThat(server.requests("PATCH").get(1).query())
        .as("made anew, so nothing is to be taken from anybody")
        .endsWith("force=false");
  }

  @Test
  void what_would_be_refused_anew_is_left_in_place() {
    server.on(
        "PATCH",
        ONE,
        422,
        IMMUTABLE.formatted(
            ",{\"reason\":\"FieldValueInvalid\",\"field\":\"spec.template.metadata.labels\","
                + "\"message\":\"`selector` does not match template `labels`\"}"));

    ObjectOutcome outcome = apply(true);

    assertThat(outcome.action()).isEqualTo(Action.FAILED);
    assertThat(server.requests("DELETE")).isEmpty();
  }

  @Test
  void a_replacement_that_must_not_delete_says_so_and_is_not_waited_for() {
    server
        .on("PATCH", ONE, 422, IMMUTABLE.formatted(""))
        .on("DELETE", ONE, 403, "{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}");

    ObjectOutcome outcome = apply(true);

    assertThat(outcome.reason()).isEqualTo("Forbidden");
    assertThat(outcome.passing()).isFalse();
  }

  @Test
  void a_refused_delete_is_told_with_its_reason() {
    server.on("DELETE", ONE, 403, "{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}");

    ObjectOutcome outcome = applier.delete(found());

    assertThat(outcome.action()).isEqualTo(Action.FAILED);
    assertThat(outcome.reason()).isEqualTo("Forbidden");
    assertThat(outcome.passing()).isFalse();
    assertThat(outcome.location()).isEmpty();
  }

  @Test
  void an_apply_says_which_version_it_means_unless_there_is_none() {
    server.on("PATCH", ONE, 200, live("u1", DESIRED.hash()).replace("\"10\"", "\"11\""));

    apply(true);

    assertThat(versions()).containsExactly("10");
  }

  @Test
  void what_has_changed_in_its_status_only_is_looked_at_again_and_applied() {
    server.on("GET", ONE, 200, live("u1", "").replace("\"10\"", "\"11\""));
    server.on(
        "PATCH",
        ONE,
        (exchange, request) -> {
          boolean stale = request.body().contains("\"resourceVersion\":\"10\"");
          FakeApiServer.send(
              exchange,
              stale ? 409 : 200,
              "application/json",
              stale ? OTHER_VERSION : live("u1", DESIRED.hash()).replace("\"10\"", "\"12\""));
        });

    assertThat(apply(true).action()).isEqualTo(Action.CONFIGURED);

    assertThat(versions()).containsExactly("10", "11");
  }

  @Test
  void what_another_server_has_applied_meanwhile_is_not_overwritten() {
    server.on("GET", ONE, 200, live("u1", "newer").replace("\"10\"", "\"11\""));
    server.on("PATCH", ONE, 409, OTHER_VERSION);

    ObjectOutcome outcome = apply(true);

    assertThat(outcome.reason()).isEqualTo("Conflict");
    assertThat(outcome.passing()).isTrue();
    assertThat(versions()).containsExactly("10");
  }

  @Test
  void what_has_gone_meanwhile_is_made_anew() {
    server.on(
        "PATCH",
        ONE,
        (exchange, request) -> {
          boolean stale = request.body().contains("resourceVersion");
          FakeApiServer.send(
              exchange,
              stale ? 409 : 201,
              "application/json",
              stale ? OTHER_VERSION : live("u2", DESIRED.hash()).replace("\"10\"", "\"12\""));
        });

    assertThat(apply(true).action()).isEqualTo(Action.CREATED);

    assertThat(versions()).containsExactly("10", "");
  }

  @Test
  void a_delete_means_one_version_and_another_one_only_if_nothing_that_matters_differs() {
    server.on("GET", ONE, 200, live("u1", "").replace("\"10\"", "\"11\""));
    server.on(
        "DELETE",
        ONE,
        (exchange, request) -> {
          boolean stale = request.body().contains("\"resourceVersion\":\"10\"");
          FakeApiServer.send(
              exchange, stale ? 409 : 200, "application/json", stale ? OTHER_VERSION : "{}");
        });

    assertThat(applier.delete(found()).action()).isEqualTo(Action.DELETED);

    assertThat(server.requests("DELETE"))
        .extracting(it -> Json.tree(it.body()).at("/preconditions").toString())
        .containsExactly(
            "{\"uid\":\"u1\",\"resourceVersion\":\"10\"}",
            "{\"uid\":\"u1\",\"resourceVersion\":\"11\"}");
  }

  @Test
  void what_another_server_has_applied_meanwhile_is_not_deleted() {
    server.on("GET", ONE, 200, live("u1", "newer").replace("\"10\"", "\"11\""));
    server.on("DELETE", ONE, 409, OTHER_VERSION);

    ObjectOutcome outcome = applier.delete(found());

    assertThat(outcome.action()).isEqualTo(Action.FAILED);
    assertThat(outcome.passing()).isTrue();
    assertThat(server.requests("DELETE")).hasSize(1);
  }

  @Test
  void another_object_of_that_name_is_not_deleted() {
    server.on("GET", ONE, 200, live("u2", ""));
    server.on("DELETE", ONE, 409, OTHER_VERSION);

    assertThat(applier.delete(found()).action()).isEqualTo(Action.DELETED);

    assertThat(server.requests("DELETE")).hasSize(1);
  }

  private List<String> versions() {
    return server.requests("PATCH").stream()
        .map(it -> Json.tree(it.body()).at("/metadata/resourceVersion").asText())
        .toList();
  }

  private ObjectOutcome apply(boolean force) {
    return applier.apply(new ChangeSet.Step.Apply(DESIRED, force), WEB);
  }

  private ObservedObject found() {
    return owned.find(Declared.DEPLOYMENT, "a", "web").orElseThrow();
  }

  private static String live(String uid, String mark) {
    return """
    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"a","name":"web",
    "uid":"%s","resourceVersion":"10",
    "labels":{"applyset.kubernetes.io/part-of":"%s"},"annotations":{"plinth.dev/applied":"%s"},
    "managedFields":[{"manager":"plinth","operation":"Apply","apiVersion":"apps/v1",
    "fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:replicas":{}},"f:metadata":{
    "f:labels":{"f:applyset.kubernetes.io/part-of":{},"f:plinth.dev/addon":{}},
    "f:annotations":{"f:plinth.dev/applied":{}}}}}]}}
    """
        .formatted(uid, WEB.applySetId(), mark);
  }
}
