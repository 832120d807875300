package dev.plinth.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.FakeApiServer;
import dev.plinth.Json;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OwnedObjectsTest {

  private static final ResourceKind CONFIG_MAP =
      new ResourceKind("", "v1", "ConfigMap", "configmaps", true);
  private static final String COLLECTION = "/api/v1/configmaps";
  private static final String EMPTY = "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}";

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final List<String> changed = new CopyOnWriteArrayList<>();
  private final OwnedObjects owned =
      new OwnedObjects(client, "plinth", new HealthRules(new HealthContext(false)), changed::add);

  @AfterEach
  void close() {
    owned.close();
    client.close();
    server.close();
  }

  @Test
  void what_the_server_has_is_known_when_the_watch_stands() {
    server.collection(
        COLLECTION,
        """
        {"metadata":{"resourceVersion":"9"},"items":[%s]}
        """
            .formatted(object("u1", "7", "set")));

    owned.watch(Set.of(CONFIG_MAP));

    assertThat(owned.members("set")).extracting(ObservedObject::uid).containsExactly("u1");
    assertThat(owned.members("other")).isEmpty();
    assertThat(owned.find(CONFIG_MAP, "a", "b")).isPresent();
  }

  @Test
  void an_answer_is_known_at_once_and_an_older_event_after_it_changes_nothing() {
    watchNothing();

    owned.observe(CONFIG_MAP, Json.object(object("u1", "20", "set")));
    server.event(COLLECTION, "ADDED", object("u1", "10", "set"));
    server.event(COLLECTION, "ADDED", object("u9", "21", "later").replace("\"b\"", "\"c\""));
    await().until(() -> !owned.members("later").isEmpty());

    assertThat(version()).contains("20");
  }

  @Test
  void the_event_of_what_an_answer_has_told_before_wakes_nobody() {
    watchNothing();

    owned.observe(CONFIG_MAP, Json.object(object("u1", "20", "set")));
    changed.clear();
    server.event(COLLECTION, "ADDED", object("u1", "20", "set"));
    server.event(COLLECTION, "ADDED", object("u9", "21", "later").replace("\"b\"", "\"c\""));
    await().until(() -> !owned.members("later").isEmpty());

    assertThat(changed).containsExactly("later");
  }

  @Test
  void a_newer_event_replaces_what_is_known() {
    watchNothing();

    owned.observe(CONFIG_MAP, Json.object(object("u1", "9", "set")));
    server.event(COLLECTION, "ADDED", object("u1", "10", "set"));

    await().until(() -> version().equals(Optional.of("10")));
    assertThat(changed).contains("set");
  }

  @Test
  void a_late_answer_does_not_bring_back_what_was_deleted_meanwhile() {
    watchNothing();
    server.event(COLLECTION, "ADDED", object("u1", "10", "set"));
    await().until(() -> version().isPresent());
    server.event(COLLECTION, "DELETED", object("u1", "11", "set"));
    await().until(() -> version().isEmpty());

    owned.observe(CONFIG_MAP, Json.object(object("u1", "10", "set")));

    assertThat(version()).isEmpty();
  }

  @Test
  void an_object_that_gets_its_label_back_is_known_again() {
    watchNothing();
    server.event(COLLECTION, "ADDED", object("u1", "10", "set"));
    await().until(() -> version().isPresent());
    server.event(COLLECTION, "DELETED", object("u1", "11", "set"));
    await().until(() -> version().isEmpty());

    owned.observe(CONFIG_MAP, Json.object(object("u1", "12", "set")));

    assertThat(version()).contains("12");
  }

  @Test
  void one_made_anew_under_the_same_name_is_another_whatever_its_version() {
    watchNothing();

    owned.observe(CONFIG_MAP, Json.object(object("u1", "20", "set")));
    owned.observe(CONFIG_MAP, Json.object(object("u2", "3", "set")));
    server.event(COLLECTION, "ADDED", object("u2", "3", "set"));
    server.event(COLLECTION, "DELETED", object("u1", "21", "set"));
    server.event(COLLECTION, "ADDED", object("u9", "22", "later").replace("\"b\"", "\"c\""));
    await().until(() -> !owned.members("later").isEmpty());

    assertThat(owned.find(CONFIG_MAP, "a", "b")).map(ObservedObject::uid).contains("u2");
  }

  @Test
  void versions_that_are_no_numbers_are_taken_as_they_come() {
    watchNothing();

    owned.observe(CONFIG_MAP, Json.object(object("u1", "x", "set")));
    owned.observe(CONFIG_MAP, Json.object(object("u1", "a", "set")));

    assertThat(version()).contains("a");
  }

  @Test
  void a_change_of_sets_concerns_both() {
    watchNothing();

    owned.observe(CONFIG_MAP, Json.object(object("u1", "9", "set")));
    changed.clear();
    owned.observe(CONFIG_MAP, Json.object(object("u1", "10", "other")));

    assertThat(changed).containsExactlyInAnyOrder("set", "other");
  }

  @Test
  void what_a_controller_made_by_copying_labels_is_no_member() {
    watchNothing();
    String copied =
        object("u1", "9", "set")
            .replace("\"uid\"", "\"ownerReferences\":[{\"controller\":true}],\"uid\"");

    owned.observe(CONFIG_MAP, Json.object(copied));

    assertThat(owned.members("set")).isEmpty();
  }

  @Test
  void what_has_the_label_but_no_field_of_ours_is_no_member() {
    watchNothing();

    owned.observe(
        CONFIG_MAP, Json.object(object("u1", "9", "set").replace("\"Apply\"", "\"Update\"")));

    assertThat(owned.members("set")).isEmpty();
  }

  @Test
  void a_refused_list_is_told_and_the_next_call_tries_again() {
    server.on("GET", COLLECTION, 403, "{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}");
    assertThatThrownBy(() -> owned.watch(Set.of(CONFIG_MAP)))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, it -> assertThat(it.getCode()).isEqualTo(403));

    watchNothing();

    assertThat(owned.find(CONFIG_MAP, "a", "b")).isEmpty();
  }

  @Test
  void renewing_finds_what_came_and_went_while_a_watch_was_lost() {
    server.collection(COLLECTION, list("9", object("u1", "7", "set")));
    owned.watch(Set.of(CONFIG_MAP));
    await().until(() -> server.openedWatches(COLLECTION) == 1);
    server.collection(COLLECTION, list("12", object("u2", "11", "late").replace("\"b\"", "\"c\"")));
    changed.clear();

    owned.renew();

    assertThat(owned.members("set")).isEmpty();
    assertThat(owned.members("late")).extracting(ObservedObject::uid).containsExactly("u2");
    assertThat(changed).contains("set", "late");
    server.event(COLLECTION, "ADDED", object("u3", "13", "set"));
    await().until(() -> !owned.members("set").isEmpty());
  }

  @Test
  void a_watch_that_expired_is_followed_by_a_list_without_anybody_renewing_it() {
    server.collection(COLLECTION, list("9", object("u1", "7", "set")));
    owned.watch(Set.of(CONFIG_MAP));
    await().until(() -> server.openedWatches(COLLECTION) == 1);
    changed.clear();
    server.on(
        "GET", COLLECTION, 200, list("12", object("u2", "11", "late").replace("\"b\"", "\"c\"")));

    server.event(
        COLLECTION,
        "ERROR",
        """
        {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410,
        "message":"too old resource version: 9 (11)"}\
        """);

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(owned.members("late"))
                    .extracting(ObservedObject::uid)
                    .containsExactly("u2"));
    await().until(() -> owned.members("set").isEmpty());
    assertThat(changed).contains("set", "late");
  }

  @Test
  void renewing_that_fails_leaves_what_is_known() {
    server.collection(COLLECTION, list("9", object("u1", "7", "set")));
    owned.watch(Set.of(CONFIG_MAP));

    server.on("GET", COLLECTION, 503, "{}");
    assertThatThrownBy(owned::renew).isInstanceOf(KubernetesClientException.class);
    server.on("GET", COLLECTION, 403, "{}");
    owned.renew();

    assertThat(owned.members("set")).hasSize(1);
    server.event(COLLECTION, "DELETED", object("u1", "11", "set"));
    await().until(() -> owned.members("set").isEmpty());
  }

  @Test
  void waiting_ends_with_the_condition_or_the_time() throws Exception {
    watchNothing();

    assertThat(owned.await(CONFIG_MAP, "a", "b", Optional::isPresent, Duration.ofMillis(1)))
        .isFalse();
    server.event(COLLECTION, "ADDED", object("u1", "10", "set"));
    assertThat(owned.await(CONFIG_MAP, "a", "b", Optional::isPresent, Duration.ofSeconds(30)))
        .isTrue();
  }

  @Test
  void nothing_is_watched_after_the_end() {
    owned.close();

    assertThatThrownBy(() -> owned.watch(Set.of(CONFIG_MAP)))
        .isInstanceOf(IllegalStateException.class);
  }

  private static String list(String version, String object) {
    return "{\"metadata\":{\"resourceVersion\":\"%s\"},\"items\":[%s]}".formatted(version, object);
  }

  private void watchNothing() {
    server.collection(COLLECTION, EMPTY);
    owned.watch(Set.of(CONFIG_MAP));
  }

  private Optional<String> version() {
    return owned.find(CONFIG_MAP, "a", "b").map(ObservedObject::resourceVersion);
  }

  private static String object(String uid, String version, String set) {
    return """
    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"a","name":"b",
    "uid":"%s","resourceVersion":"%s","labels":{"applyset.kubernetes.io/part-of":"%s"},
    "managedFields":[{"manager":"plinth","operation":"Apply","apiVersion":"v1",
    "fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:x":{}}}}]}}
    """
        .formatted(uid, version, set);
  }
}
