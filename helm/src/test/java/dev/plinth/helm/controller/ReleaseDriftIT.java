package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.config.DriftPolicy;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.health.HealthContext;
import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import dev.plinth.helm.release.Release;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What others change of what a release holds, on a real API server. */
class ReleaseDriftIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SECRET = "s3cret-value-0815";

  private static final String NOTE =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: note, labels: {tier: web}}
      data: {text: one, more: two}
      """;

  /** Much that the server writes in another way than people do. */
  private static final String NOTATIONS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, labels: {}}
      spec:
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}, creationTimestamp: null}
          spec:
            hostNetwork: false
            nodeSelector: {}
            containers:
              - name: web
                image: example.org/web:1
                args: []
                resources: {limits: {cpu: 1000m, memory: 0.5Gi}, requests: {cpu: 0.1}}
                ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]
                env: [{name: A, value: "1"}, {name: B, value: ""}]
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: credentials}
      stringData: {password: s3cret-value-0815}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec:
        selector: {app: web}
        ports: [{port: 80, name: http, targetPort: 80}, {port: 53, name: dns, protocol: UDP}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: web}
      rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
      ---
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: web}
      spec:
        schedule: "0 0 * * *"
        jobTemplate:
          spec:
            template:
              spec:
                restartPolicy: Never
                containers: [{name: a, image: example.org/a, command: [a, b]}]
      """;

  @TempDir static Path directory;
  static KubernetesClient client;
  static TestReleases releases;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));
  private final InstantSource clock = now::get;
  private ReleaseWatch watch;
  private String namespace;
  private ResourceID chart;

  @BeforeAll
  static void open() {
    client = CONTROL_PLANE.client();
    releases = TestReleases.inProcess(client, directory);
  }

  @AfterAll
  static void close() {
    releases.close();
  }

  @BeforeEach
  void watch() {
    watch = new ReleaseWatch(client, new HealthContext(false), clock, id -> {});
    namespace = releases.namespace();
    chart = new ResourceID("note", namespace);
  }

  @AfterEach
  void unwatch() {
    watch.close();
  }

  private void follow(Release release) {
    follow(release, DriftPolicy.REPAIR);
  }

  private void follow(Release release, DriftPolicy policy) {
    watch.follow(chart, release, policy, Optional.empty());
  }

  private void edit(String json) {
    edit("configmaps", "note", json);
  }

  private void edit(String resource, String name, String json) {
    var patch =
        new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager("kubectl-edit")
            .build();
    switch (resource) {
      case "configmaps" ->
          client.configMaps().inNamespace(namespace).withName(name).patch(patch, json);
      case "secrets" -> client.secrets().inNamespace(namespace).withName(name).patch(patch, json);
      default ->
          client.apps().deployments().inNamespace(namespace).withName(name).patch(patch, json);
    }
  }

  private Map<String, String> note() {
    return client.configMaps().inNamespace(namespace).withName("note").get().getData();
  }

  private List<String> drift() {
    return watch.drift(chart).stream().map(ObjectDrift::describe).toList();
  }

  private void awaitDrift(String description) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(drift()).containsExactly(description.formatted(namespace)));
  }

  @Test
  void what_somebody_changed_is_told_with_the_fields_and_put_back_without_a_new_revision()
      throws Exception {
    follow(releases.install(namespace, "note", NOTE));
    assertThat(drift()).isEmpty();
    long start = System.nanoTime();
    edit("{\"data\": {\"text\": \"theirs\", \"more\": null, \"own\": \"stays\"}}");
    awaitDrift("ConfigMap %s/note: data.more removed; data.text by kubectl-edit");
    RepairOutcome outcome = watch.repair(chart);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    assertThat(outcome.repairs().orElseThrow())
        .contains("data.text by kubectl-edit", "kubectl annotate configmap note -n " + namespace)
        .doesNotContain("theirs");
    assertThat(note()).isEqualTo(Map.of("text", "one", "more", "two", "own", "stays"));
    assertThat(drift()).as("the answer is known").isEmpty();
    assertThat(releases.status(namespace, "note").revision()).isEqualTo(1);
  }

  @Test
  void what_somebody_deleted_is_made_again_as_helm_makes_it() throws Exception {
    follow(releases.install(namespace, "note", NOTE));
    client.configMaps().inNamespace(namespace).withName("note").delete();
    awaitDrift("ConfigMap %s/note: deleted");
    assertThat(watch.repair(chart).repaired()).hasSize(1);
    assertThat(client.configMaps().inNamespace(namespace).withName("note").get().getMetadata())
        .satisfies(
            made -> {
              assertThat(made.getLabels())
                  .containsEntry("app.kubernetes.io/managed-by", "Helm")
                  .containsEntry("tier", "web");
              assertThat(made.getAnnotations())
                  .containsEntry("meta.helm.sh/release-name", "note")
                  .containsEntry("meta.helm.sh/release-namespace", namespace);
            });
    releases.upgrade(namespace, "note", NOTE.replace("one", "three"));
    assertThat(note()).containsEntry("text", "three");
  }

  @Test
  void the_label_by_which_it_is_found_is_put_back_too() throws Exception {
    follow(releases.install(namespace, "note", NOTE));
    edit("{\"metadata\": {\"labels\": {\"app.kubernetes.io/managed-by\": null}}}");
    awaitDrift("ConfigMap %s/note: metadata.labels.app.kubernetes.io/managed-by removed");
    assertThat(watch.repair(chart).repaired()).hasSize(1);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(drift()).isEmpty());
  }

  @Test
  void notations_and_what_the_server_fills_in_are_no_drift_and_cost_nothing_again()
      throws Exception {
    Release release = releases.install(namespace, "note", NOTATIONS);
    follow(release);
    assertThat(drift()).isEmpty();
    assertThat(watch.notes(chart)).isEmpty();
    Mark mark = CONTROL_PLANE.controlPlane().mark();
    assertThat(drift()).isEmpty();
    assertThat(watch.repair(chart)).isEqualTo(RepairOutcome.nothing());
    assertThat(CONTROL_PLANE.controlPlane().requestsSince(mark).verb("patch").count()).isZero();
  }

  @Test
  void a_start_where_nothing_has_changed_writes_nothing() throws Exception {
    Release release = releases.install(namespace, "note", NOTATIONS);
    String user = "restarted-" + UUID.randomUUID();
    try (KubernetesClient own = CONTROL_PLANE.controlPlane().clientFor(user, "system:masters");
        ReleaseWatch fresh = new ReleaseWatch(own, new HealthContext(false), clock, id -> {})) {
      Mark mark = CONTROL_PLANE.controlPlane().mark();
      fresh.follow(chart, release, DriftPolicy.REPAIR, Optional.empty());
      assertThat(fresh.drift(chart)).isEmpty();
      fresh.repair(chart);
      var requests =
          CONTROL_PLANE.controlPlane().requestsSince(mark).username(user).withoutLeases();
      assertThat(requests.writes().count()).as(requests.toString()).isZero();
      // For two notations of quantities one look each, and one question to the server each.
      assertThat(requests.dryRuns().count()).as(requests.toString()).isLessThanOrEqualTo(2);
      assertThat(requests.count()).as(requests.toString()).isLessThan(30);
    }
  }

  @Test
  void a_secret_is_compared_and_never_told() throws Exception {
    follow(releases.install(namespace, "note", NOTATIONS));
    edit("secrets", "credentials", "{\"data\": {\"password\": \"dGhlaXJz\"}}");
    awaitDrift("Secret %s/credentials: data.password by kubectl-edit");
    RepairOutcome outcome = watch.repair(chart);
    assertThat(outcome.toString()).doesNotContain(SECRET, "theirs", "dGhlaXJz");
    assertThat(
            new String(
                java.util.Base64.getDecoder()
                    .decode(
                        client
                            .secrets()
                            .inNamespace(namespace)
                            .withName("credentials")
                            .get()
                            .getData()
                            .get("password")),
                java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(SECRET);
  }

  @Test
  void what_the_manifest_does_not_declare_is_nobodys_business() throws Exception {
    follow(releases.install(namespace, "note", NOTATIONS));
    client.apps().deployments().inNamespace(namespace).withName("web").scale(3);
    edit(
        "deployments",
        "web",
        "{\"metadata\": {\"annotations\": {\"note\": \"mine\"}}, \"spec\": {\"paused\": true}}");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                client
                        .apps()
                        .deployments()
                        .inNamespace(namespace)
                        .withName("web")
                        .get()
                        .getSpec()
                        .getReplicas()
                    == 3);
    assertThat(drift()).isEmpty();
    assertThat(watch.repair(chart)).isEqualTo(RepairOutcome.nothing());
  }

  @Test
  void a_word_on_the_object_in_the_manifest_or_of_the_chart_decides() throws Exception {
    Release release =
        releases.install(
            namespace,
            "note",
            NOTE
                + """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: other, annotations: {plinth.dev/drift: ignore}}
                data: {text: one}
                """);
    follow(release, DriftPolicy.WARN);
    edit("configmaps", "other", "{\"data\": {\"text\": \"theirs\"}}");
    edit("{\"data\": {\"text\": \"theirs\"}}");
    awaitDrift("ConfigMap %s/note: data.text by kubectl-edit");
    assertThat(watch.repair(chart)).isEqualTo(RepairOutcome.nothing());
    assertThat(note()).containsEntry("text", "theirs");

    edit("{\"metadata\": {\"annotations\": {\"plinth.dev/drift\": \"perhaps\"}}}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(watch.notes(chart))
                    .containsExactly(
                        "ConfigMap %s/note: annotation plinth.dev/drift: found 'perhaps', expected repair, warn or ignore; it counts as absent"
                            .formatted(namespace)));
    edit("{\"metadata\": {\"annotations\": {\"plinth.dev/drift\": \"repair\"}}}");
    await().atMost(PATIENCE).until(() -> watch.repair(chart).repaired().size() == 1);
    assertThat(note()).containsEntry("text", "one");
    assertThat(client.configMaps().inNamespace(namespace).withName("other").get().getData())
        .containsEntry("text", "theirs");
  }

  @Test
  void while_helm_is_at_work_nothing_is_drift() throws Exception {
    follow(releases.install(namespace, "note", NOTE));
    watch.operating(chart, true);
    Release second = releases.upgrade(namespace, "note", NOTE.replace("one", "three"));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(drift()).isEmpty());
    assertThat(watch.repair(chart)).isEqualTo(RepairOutcome.nothing());
    watch.operating(chart, false);
    follow(second);
    assertThat(drift()).isEmpty();
    assertThat(note()).containsEntry("text", "three");
  }

  @Test
  void somebody_who_does_not_stop_is_given_way_to() throws Exception {
    follow(releases.install(namespace, "note", NOTE));
    for (int i = 0; i < 5; i++) {
      edit("{\"data\": {\"text\": \"theirs %d\"}}".formatted(i));
      awaitDrift("ConfigMap %s/note: data.text by kubectl-edit");
      assertThat(watch.repair(chart).repaired()).hasSize(1);
    }
    edit("{\"data\": {\"text\": \"theirs at last\"}}");
    awaitDrift("ConfigMap %s/note: data.text by kubectl-edit");
    RepairOutcome braked = watch.repair(chart);
    assertThat(braked.repaired()).isEmpty();
    assertThat(braked.contests().orElseThrow())
        .contains("data.text by kubectl-edit", "up to 5 minutes apart");
    assertThat(braked.nextLook()).contains(Duration.ofSeconds(10));
    now.updateAndGet(it -> it.plusSeconds(10));
    assertThat(watch.repair(chart).repaired()).hasSize(1);
    now.updateAndGet(it -> it.plus(Duration.ofMinutes(2)));
    assertThat(drift()).isEmpty();
    assertThat(watch.repair(chart).contested()).isEmpty();
  }

  @Test
  void a_repair_has_the_rights_of_the_charts_account_and_is_tried_again() throws Exception {
    Release release = releases.install(namespace, "note", NOTE);
    watch.follow(
        chart,
        release,
        DriftPolicy.REPAIR,
        Optional.of(new ServiceAccountName(namespace, "nobody")));
    edit("{\"data\": {\"text\": \"theirs\"}}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(drift()).isEmpty();
              assertThat(watch.notes(chart))
                  .singleElement()
                  .asString()
                  .contains(
                      "ConfigMap %s/note".formatted(namespace),
                      "system:serviceaccount:%s:nobody needs the rule".formatted(namespace),
                      "\"get\"");
            });
    assertThat(watch.nextLook(chart)).contains(Duration.ofSeconds(5));
    assertThat(note()).containsEntry("text", "theirs");

    allowNobody();
    assertThat(watch.repair(chart).repaired()).as("not before it is time").isEmpty();
    now.updateAndGet(it -> it.plusSeconds(5));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              now.updateAndGet(it -> it.plus(Duration.ofMinutes(5)));
              return watch.repair(chart).repaired().size() == 1;
            });
    assertThat(note()).containsEntry("text", "one");
    assertThat(watch.notes(chart)).isEmpty();
  }

  private void allowNobody() {
    client
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("nobody")
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("configmaps")
                .withVerbs("get", "patch")
                .endRule()
                .build())
        .create();
    client
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("nobody")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", "nobody")
                .addNewSubject("", "ServiceAccount", "nobody", namespace)
                .build())
        .create();
  }

  @Test
  void after_a_repair_helm_goes_on_as_before() throws Exception {
    goesOn(releases);
  }

  @Tag("exhaustive")
  @ParameterizedTest
  @EnumSource(
      value = Tool.class,
      names = {"HELM", "HELM4"})
  void after_a_repair_the_helm_command_goes_on_as_before(Tool tool) throws Exception {
    try (TestReleases commands = TestReleases.command(client, directory, tool)) {
      goesOn(commands);
    }
  }

  /** Repairs what was changed and what was deleted, then removes a field from the chart. */
  private void goesOn(TestReleases helm) throws Exception {
    String web =
        """
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 0
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
                - name: web
                  image: example.org/web:1
                  env: [{name: A, value: "1"}, {name: B, value: "2"}]
        """;
    String second = web.replace("name: web}\nspec", "name: second}\nspec");
    follow(helm.install(namespace, "note", NOTE + web + second));
    edit("{\"data\": {\"text\": \"theirs\", \"more\": \"theirs\"}}");
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName("web")
        .edit(
            live ->
                new DeploymentBuilder(live)
                    .editSpec()
                    .withReplicas(2)
                    .editTemplate()
                    .editSpec()
                    .editFirstContainer()
                    .withImage("example.org/theirs:1")
                    .editFirstEnv()
                    .withValue("theirs")
                    .endEnv()
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build());
    client.apps().deployments().inNamespace(namespace).withName("second").delete();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              watch.repair(chart);
              return drift().isEmpty()
                  && note().get("text").equals("one")
                  && client.apps().deployments().inNamespace(namespace).withName("second").get()
                      != null;
            });
    Release next =
        helm.upgrade(
            namespace,
            "note",
            NOTE.replace(", more: two", "").replace("one", "next")
                + (web + second)
                    .replace(", {name: B, value: \"2\"}", "")
                    .replace("replicas: 0", "replicas: 1")
                    .replace("web:1", "web:2"));
    assertThat(note()).isEqualTo(Map.of("text", "next"));
    for (String name : List.of("web", "second")) {
      var spec = client.apps().deployments().inNamespace(namespace).withName(name).get().getSpec();
      assertThat(spec.getReplicas()).isEqualTo(1);
      assertThat(spec.getTemplate().getSpec().getContainers())
          .singleElement()
          .satisfies(
              it -> {
                assertThat(it.getImage()).isEqualTo("example.org/web:2");
                assertThat(it.getEnv()).extracting(env -> env.getName()).containsExactly("A");
              });
    }
    follow(next);
    assertThat(drift()).isEmpty();
  }
}
