package dev.plinth.apply;

import static dev.plinth.apply.Declared.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeApiServer;
import dev.plinth.FakeClock;
import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.config.DriftPolicy;
import dev.plinth.drift.Drift;
import dev.plinth.drift.DriftMemory;
import dev.plinth.drift.DriftPolicies;
import dev.plinth.drift.DriftRules;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DriftPlannerTest {

  private static final String ONE = "/api/v1/namespaces/a/configmaps/x";
  private static final ManifestDocument MAP = map("");
  private static final DesiredObject DESIRED = DesiredObject.of(MAP, Declared.CONFIG_MAP, WEB);
  private static final ObjectReference REFERENCE = DESIRED.reference();
  private static final String ALL_OURS = "\"f:data\":{\"f:k\":{}},";
  private static final String OTHERS =
      ",{\"manager\":\"kubectl-edit\",\"operation\":\"Update\",\"fieldsV1\":{\"f:data\":{\"f:k\":{}}}}";

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final ClusterApi api = new ClusterApi(client, "plinth");
  private final OwnedObjects owned =
      new OwnedObjects(client, "plinth", new HealthRules(new HealthContext(false)), it -> {});
  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final ChangePlanner planner =
      new ChangePlanner(
          api, new Discovery(api), owned, new ObjectClaims(it -> {}), new Concurrently(executor));
  private final FakeClock clock = new FakeClock();
  private final DriftMemory memory = new DriftMemory(clock);

  @BeforeEach
  void serve() {
    server.on("GET", "/api/v1", 200, resource("configmaps", "ConfigMap"));
    server.on("GET", "/apis/batch/v1", 200, resource("jobs", "Job"));
    server.collection("/apis/batch/v1/jobs", list());
  }

  @AfterEach
  void close() {
    owned.close();
    executor.shutdownNow();
    client.close();
    server.close();
  }

  @Test
  void a_changed_member_is_repaired_with_who_changed_it() throws Exception {
    lives(drifted(DESIRED.hash(), ""));

    assertThat(repairs(plan(DriftPolicy.REPAIR, false)))
        .isEqualTo("ConfigMap a/x: data.k by kubectl-edit");
  }

  @Test
  void what_is_missing_was_deleted_only_if_it_was_there() throws Exception {
    lives();

    assertThat(repairs(plan(DriftPolicy.REPAIR, false))).isEmpty();
    assertThat(repairs(plan(DriftPolicy.REPAIR, true))).isEqualTo("ConfigMap a/x: deleted");
    memory.applied(REFERENCE, DESIRED.hash(), Set.of());
    assertThat(repairs(plan(DriftPolicy.REPAIR, false))).isEqualTo("ConfigMap a/x: deleted");
  }

  @Test
  void a_new_declaration_is_applied_whatever_the_policy() throws Exception {
    lives(drifted("0123456789abcdef", ""));

    assertThat(plan(DriftPolicy.IGNORE, true)).isEqualTo(new Step.Apply(DESIRED, true));
  }

  @Test
  void a_mark_that_somebody_took_away_makes_no_new_declaration() throws Exception {
    lives(drifted("", "").replace(",\n\"f:annotations\":{\"f:plinth.dev/applied\":{}}", ""));

    assertThat(plan(DriftPolicy.IGNORE, true)).isInstanceOf(Step.Tolerate.class);
    assertThat(plan(DriftPolicy.IGNORE, false)).isInstanceOf(Step.Apply.class);
  }

  @Test
  void another_servers_declaration_over_ours_is_a_change_by_others() throws Exception {
    memory.applied(REFERENCE, DESIRED.hash(), Set.of());
    lives(member("0123456789abcdef", "", ALL_OURS, ""));

    assertThat(repairs(plan(DriftPolicy.REPAIR, false)))
        .isEqualTo("ConfigMap a/x: metadata.annotations.plinth.dev/applied by plinth");
  }

  @Test
  void what_is_ignored_is_not_even_looked_at() throws Exception {
    lives(drifted(DESIRED.hash(), "ignore"));

    Step step = plan(DriftPolicy.REPAIR, true);

    assertThat(step).isEqualTo(new Step.Tolerate(DESIRED, Optional.empty()));
    assertThat(server.requests()).noneMatch(it -> it.path().equals(ONE));
  }

  @Test
  void what_is_warned_of_is_looked_at_once_for_each_version() throws Exception {
    lives(drifted(DESIRED.hash(), "warn"));

    plan(DriftPolicy.REPAIR, true);
    Step step = plan(DriftPolicy.REPAIR, true);

    assertThat(step)
        .isInstanceOfSatisfying(
            Step.Tolerate.class,
            it ->
                assertThat(it.drift().map(Drift::describe))
                    .contains("ConfigMap a/x: data.k by kubectl-edit"));
    assertThat(server.requests()).filteredOn(it -> it.path().equals(ONE)).hasSize(1);
  }

  @Test
  void the_word_in_the_manifest_counts_and_is_no_part_of_what_is_applied() throws Exception {
    lives();
    ManifestDocument document = map("\"annotations\":{\"plinth.dev/drift\":\"warn\"},");

    Step step = plan(document, DriftPolicy.REPAIR, true).steps().get(0);

    assertThat(step)
        .isInstanceOfSatisfying(
            Step.Tolerate.class,
            it -> {
              assertThat(it.drift().map(Drift::isDeletion)).contains(true);
              assertThat(it.desired().body().toString()).doesNotContain("plinth.dev/drift");
            });
  }

  @Test
  void words_that_are_no_policy_are_told_with_their_place() throws Exception {
    lives(member(DESIRED.hash(), "never", ALL_OURS, ""));

    assertThat(
            plan(map("\"annotations\":{\"plinth.dev/drift\":\"Warn\"},"), DriftPolicy.REPAIR, true)
                .complaints())
        .hasSize(2)
        .anyMatch(it -> it.startsWith("ConfigMap a/x: ") && it.contains("'never'"))
        .anyMatch(it -> it.startsWith("ConfigMap a/x (foo.yaml:3:1): ") && it.contains("'Warn'"));
  }

  @Test
  void a_member_without_its_label_is_one_that_was_changed() throws Exception {
    lives();
    server.on(
        "GET",
        ONE,
        200,
        member(DESIRED.hash(), "", ALL_OURS, "")
            .replace("\"applyset.kubernetes.io/part-of\":\"" + WEB.applySetId() + "\"", "")
            .replace("\"f:applyset.kubernetes.io/part-of\":{},", ""));

    assertThat(repairs(plan(DriftPolicy.REPAIR, false)))
        .isEqualTo("ConfigMap a/x: metadata.labels.applyset.kubernetes.io/part-of removed");
    assertThat(plan(DriftPolicy.IGNORE, false)).isInstanceOf(Step.Tolerate.class);
  }

  @Test
  void what_somebody_else_made_in_place_of_what_he_deleted_is_his() throws Exception {
    lives();
    server.on(
        "GET",
        ONE,
        200,
        "{\"metadata\":{\"name\":\"x\",\"uid\":\"v\",\"resourceVersion\":\"9\",\"managedFields\":["
            + "{\"manager\":\"helm\",\"operation\":\"Update\"}]}}");

    assertThat(plan(DriftPolicy.REPAIR, true)).isInstanceOf(Step.Refuse.class);
  }

  @Test
  void a_finished_job_that_the_server_deleted_is_left() throws Exception {
    lives();
    String job =
        """
        {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"x","namespace":"a"},
         "spec":{"ttlSecondsAfterFinished":60}}
        """;

    assertThat(plan(Declared.document(job), DriftPolicy.REPAIR, true).steps())
        .allMatch(Step.Tolerate.class::isInstance);
    assertThat(plan(Declared.document(job), DriftPolicy.REPAIR, false).steps())
        .allMatch(Step.Apply.class::isInstance);
    assertThat(
            plan(
                    Declared.document(job.replace("\"ttlSecondsAfterFinished\":60", "")),
                    DriftPolicy.REPAIR,
                    true)
                .repairs())
        .hasSize(1);
  }

  @Test
  void what_is_fought_over_waits_and_is_not_looked_at_meanwhile() throws Exception {
    lives(drifted(DESIRED.hash(), ""));
    for (int i = 0; i < 5; i++) {
      memory.repaired(Drift.deletionOf(REFERENCE));
    }

    assertThat(plan(DriftPolicy.REPAIR, true))
        .isEqualTo(new Step.Tolerate(DESIRED, Optional.empty()));
    assertThat(server.requests()).noneMatch(it -> it.path().equals(ONE));
    clock.advance(Duration.ofSeconds(10));
    assertThat(repairs(plan(DriftPolicy.REPAIR, true))).contains("kubectl-edit");
  }

  private Step plan(DriftPolicy policy, boolean complete) throws InterruptedException {
    return plan(MAP, policy, complete).steps().get(0);
  }

  private ChangeSet plan(ManifestDocument document, DriftPolicy policy, boolean complete)
      throws InterruptedException {
    return planner.plan(
        WEB,
        List.of(document),
        Set.of(),
        new DriftRules(new DriftPolicies(policy, Optional.empty()), memory, complete));
  }

  /** What a step repairs, in words; empty if it is a first apply. */
  private static String repairs(Step step) {
    assertThat(step).isInstanceOf(Step.Apply.class);
    return ((Step.Apply) step).repairs().map(Drift::describe).orElse("");
  }

  private void lives(String... members) {
    server.collection("/api/v1/configmaps", list(members));
    if (members.length > 0) {
      server.on("GET", ONE, 200, members[0]);
    }
  }

  private static ManifestDocument map(String metadata) {
    return Declared.document(
        """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{%s "name":"x","namespace":"a"},
         "data":{"k":"v"}}
        """
            .formatted(metadata));
  }

  private static String drifted(String mark, String policy) {
    return member(mark, policy, "", OTHERS);
  }

  private static String member(String mark, String policy, String ours, String others) {
    return """
    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"a","name":"x",
    "uid":"u","resourceVersion":"7",
    "labels":{"applyset.kubernetes.io/part-of":"%s"},
    "annotations":{"plinth.dev/applied":"%s"%s},
    "managedFields":[{"manager":"plinth","operation":"Apply","apiVersion":"v1",
    "fieldsType":"FieldsV1","fieldsV1":{%s"f:metadata":{
    "f:labels":{"f:applyset.kubernetes.io/part-of":{},"f:plinth.dev/addon":{}},
    "f:annotations":{"f:plinth.dev/applied":{}}}}}%s]}}
    """
        .formatted(
            WEB.applySetId(),
            mark,
            policy.isEmpty() ? "" : ",\"plinth.dev/drift\":\"" + policy + "\"",
            ours,
            others);
  }

  private static String list(String... members) {
    return "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s]}"
        .formatted(String.join(",", members));
  }

  private static String resource(String plural, String kind) {
    return "{\"resources\":[{\"name\":\"%s\",\"kind\":\"%s\",\"namespaced\":true,\"verbs\":[\"list\"]}]}"
        .formatted(plural, kind);
  }
}
