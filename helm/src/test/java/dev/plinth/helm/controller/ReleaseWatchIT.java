package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.config.DriftPolicy;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.health.HealthContext;
import dev.plinth.helm.controller.ObjectHealth.State;
import dev.plinth.helm.release.Release;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the objects of releases stand, on a real API server. */
@WithControlPlane(nodes = 1)
class ReleaseWatchIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String NOTE =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: "{{ .Release.Name }}"}
      data: {text: a}
      """;

  @TempDir static Path directory;
  static ControlPlane controlPlane;
  static KubernetesClient client;
  static TestReleases releases;

  private final Set<ResourceID> changed = ConcurrentHashMap.newKeySet();

  @BeforeAll
  static void open(ControlPlane shared) {
    controlPlane = shared;
    client = shared.client();
    releases = TestReleases.inProcess(client, directory);
  }

  @AfterAll
  static void close() {
    releases.close();
  }

  private ReleaseWatch watch(KubernetesClient itsClient) {
    return new ReleaseWatch(
        itsClient,
        new HealthContext(false),
        InstantSource.system(),
        Duration.ofMillis(200),
        changed::add);
  }

  private static void follow(ReleaseWatch watch, ResourceID chart, Release release) {
    watch.follow(chart, release, DriftPolicy.REPAIR, Optional.empty());
  }

  private static String deployment(String annotations) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: "{{ .Release.Name }}"}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}, annotations: {%s}}
        spec: {containers: [{name: web, image: "example.org/web:1"}]}
    ---
    """
            .formatted(annotations)
        + NOTE;
  }

  @Test
  void a_release_is_current_when_all_its_objects_do_their_work() throws Exception {
    String namespace = releases.namespace();
    ResourceID chart = new ResourceID("web", namespace);
    try (ReleaseWatch watch = watch(client)) {
      assertThat(watch.health(chart).state()).isEqualTo(State.UNKNOWN);
      follow(watch, chart, releases.install(namespace, "web", deployment("")));
      ReleaseHealth first = watch.health(chart);
      assertThat(first.total()).isEqualTo(2);
      await().atMost(PATIENCE).until(() -> watch.health(chart).isCurrent());
      assertThat(watch.health(chart).message()).isEmpty();
      changed.clear();

      client.apps().deployments().inNamespace(namespace).withName("web").delete();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(watch.health(chart).lines())
                      .containsExactly(
                          "Deployment %s/web: it does not exist".formatted(namespace)));
      assertThat(changed).contains(chart);
      watch.forget(chart);
      assertThat(watch.health(chart).state()).isEqualTo(State.UNKNOWN);
    }
  }

  @Test
  void what_keeps_an_object_from_its_work_is_told_with_its_cause() throws Exception {
    String namespace = releases.namespace();
    ResourceID chart = new ResourceID("bad", namespace);
    try (ReleaseWatch watch = watch(client)) {
      follow(
          watch,
          chart,
          releases.install(namespace, "bad", deployment("plinth.dev/simulate: image-error")));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                ReleaseHealth health = watch.health(chart);
                assertThat(health.state()).isEqualTo(State.FAILED);
                assertThat(health.reason()).isEqualTo("ImagePull");
                assertThat(health.message())
                    .contains("Pod %s/bad-".formatted(namespace), "image example.org/web:1");
                assertThat(health.current()).isEqualTo(1);
              });
    }
  }

  @Test
  void after_an_upgrade_what_was_before_does_not_count() throws Exception {
    String namespace = releases.namespace();
    ResourceID chart = new ResourceID("next", namespace);
    try (ReleaseWatch watch = watch(client)) {
      follow(watch, chart, releases.install(namespace, "next", deployment("")));
      await().atMost(PATIENCE).until(() -> watch.health(chart).isCurrent());
      follow(
          watch,
          chart,
          releases.upgrade(namespace, "next", deployment("plinth.dev/simulate: image-error")));
      assertThat(watch.health(chart).isCurrent()).isFalse();
      assertThat(watch.drift(chart)).isEmpty();
    }
  }

  @Test
  void many_releases_of_the_same_kinds_share_their_watches() throws Exception {
    String user = "watcher-" + UUID.randomUUID();
    try (KubernetesClient own = controlPlane.clientFor(user, "system:masters");
        ReleaseWatch watch = watch(own)) {
      Mark mark = controlPlane.mark();
      for (int i = 0; i < 5; i++) {
        String namespace = releases.namespace();
        Release release = releases.install(namespace, "note", NOTE);
        ResourceID chart = new ResourceID("note", namespace);
        follow(watch, chart, release);
        follow(watch, chart, release);
        assertThat(watch.health(chart).isCurrent()).isTrue();
        assertThat(watch.drift(chart)).isEmpty();
      }
      Requests requests = controlPlane.requestsSince(mark).username(user).withoutLeases();
      assertThat(requests.verb("list", "watch").count()).as(requests.toString()).isLessThan(4);
      assertThat(requests.writes().count()).isZero();
      assertThat(requests.verb("patch").count()).isZero();
    }
  }

  @Test
  void rights_in_the_namespaces_in_use_are_enough() throws Exception {
    String namespace = releases.namespace();
    String user = "confined-" + UUID.randomUUID();
    allow(user, namespace, "configmaps");
    ResourceID chart = new ResourceID("note", namespace);
    try (KubernetesClient own = controlPlane.clientFor(user);
        ReleaseWatch watch = watch(own)) {
      follow(watch, chart, releases.install(namespace, "note", NOTE));
      assertThat(watch.health(chart).isCurrent()).isTrue();
      client.configMaps().inNamespace(namespace).withName("note").delete();
      await().atMost(PATIENCE).until(() -> !watch.health(chart).isCurrent());
    }
  }

  @Test
  void what_may_not_be_seen_is_told_with_the_missing_right_and_is_in_nobodys_way()
      throws Exception {
    String namespace = releases.namespace();
    String user = "blind-" + UUID.randomUUID();
    allow(user, namespace, "deployments");
    ResourceID chart = new ResourceID("web", namespace);
    try (KubernetesClient own = controlPlane.clientFor(user);
        ReleaseWatch watch = watch(own)) {
      follow(watch, chart, releases.install(namespace, "web", deployment("")));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(watch.health(chart).lines())
                      .singleElement()
                      .asString()
                      .startsWith(
                          "ConfigMap %s/web: cannot be looked at: %s needs the rule"
                              .formatted(namespace, user))
                      .contains("resources: [\"configmaps\"]", "in namespace " + namespace));
      allow(user, namespace, "configmaps");
      await().atMost(PATIENCE).until(() -> watch.health(chart).isCurrent());
    }
  }

  @Test
  void a_kind_that_the_server_has_not_is_told_and_found_once_it_is_there() throws Exception {
    String namespace = releases.namespace();
    ResourceID chart = new ResourceID("gadget", namespace);
    client.load(stream(definition())).serverSideApply();
    await().atMost(PATIENCE).until(() -> client.supports("example.org/v1", "Gadget"));
    Release release =
        releases.install(
            namespace,
            "gadget",
            NOTE
                + """
                ---
                apiVersion: example.org/v1
                kind: Gadget
                metadata: {name: g}
                """);
    client.load(stream(definition())).delete();
    await().atMost(PATIENCE).until(() -> !client.supports("example.org/v1", "Gadget"));
    try (ReleaseWatch watch = watch(client)) {
      follow(watch, chart, release);
      assertThat(watch.health(chart).state()).isEqualTo(State.IN_PROGRESS);
      assertThat(watch.health(chart).lines())
          .containsExactly("Gadget g: the API server has no Gadget in example.org/v1");
      client.load(stream(definition())).serverSideApply();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(watch.health(chart).lines())
                      .containsExactly("Gadget %s/g: it does not exist".formatted(namespace)));
      await()
          .atMost(PATIENCE)
          .until(() -> watch.repair(chart).repaired().size() == 1 || isCurrent(watch, chart));
      await().atMost(PATIENCE).until(() -> watch.health(chart).isCurrent());
    }
  }

  private static boolean isCurrent(ReleaseWatch watch, ResourceID chart) {
    return watch.health(chart).isCurrent();
  }

  @Test
  void nothing_is_left_after_the_end() throws Exception {
    String namespace = releases.namespace();
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (ReleaseWatch watch = watch(client)) {
      ResourceID chart = new ResourceID("bad", namespace);
      follow(
          watch,
          chart,
          releases.install(namespace, "bad", deployment("plinth.dev/simulate: image-error")));
      await().atMost(PATIENCE).until(() -> watch.health(chart).state() == State.FAILED);
    }
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .filter(it -> !before.contains(it))
                    .noneMatch(it -> it.getName().startsWith("plinth-release")));
  }

  private static java.io.InputStream stream(String text) {
    return new java.io.ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static String definition() {
    return """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: gadgets.example.org}
    spec:
      group: example.org
      scope: Namespaced
      names: {kind: Gadget, plural: gadgets}
      versions:
        - name: v1
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
    """;
  }

  private static void allow(String user, String namespace, String resource) {
    String name = user + "-" + resource;
    client
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withRules(
                    new PolicyRuleBuilder()
                        .withApiGroups("", "apps")
                        .withResources(resource)
                        .withVerbs("get", "list", "watch")
                        .build())
                .build())
        .create();
    client
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name)
                .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                .build())
        .create();
  }
}
