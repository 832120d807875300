package dev.plinth.lifecycle;

import static dev.plinth.lifecycle.FileLoops.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the engine makes of users' manifests, on a real API server. */
@WithControlPlane
class UserManifestsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration A_SECOND = Duration.ofSeconds(1);

  private ControlPlane controlPlane;
  private KubernetesClient client;

  /** Whose requests are told from all others. */
  private KubernetesClient plinth;

  @BeforeEach
  void prepare(ControlPlane controlPlane, KubernetesClient client) {
    this.controlPlane = controlPlane;
    this.client = client;
    this.plinth = controlPlane.clientFor("plinth-user", "system:masters");
  }

  @Test
  void theFirstOfTwoFilesKeepsAnObjectAndTheOtherOneTakesItOverOnceItIsFree() throws Exception {
    DeclaredManifest first = file("claim-a", configMap("claim-a") + configMap("claimed"));
    DeclaredManifest second = file("claim-b", configMap("claimed") + configMap("claim-b"));
    String both =
        "ConfigMap default/claimed: declared at /manifests/claim-a.yaml:3 and by"
            + " /manifests/claim-b.yaml:1; /manifests/claim-a.yaml keeps it";
    String uid;
    try (FileLoops loops = FileLoops.start(plinth, second, first)) {
      until(() -> assertThat(loops.verdict("claim-b")).contains("OwnedByAnother", both));
      until(() -> assertThat(loops.verdict("claim-a")).contains("READY", both));
      assertThat(setOf("claimed")).isEqualTo(first.membership().applySetId());
      until(() -> assertThat(find("claim-b")).isPresent());
      until(
          () -> {
            assertThat(events("claim-a")).contains("ObjectDeclaredTwice " + both);
            assertThat(events("claim-b"))
                .anySatisfy(it -> assertThat(it).startsWith("ApplyManifestFailed " + both));
          });
      uid = find("claimed").orElseThrow().getMetadata().getUid();
    }
    int told = events("claim-a").size() + events("claim-b").size();
    // A restart changes nothing, though the other file comes first now.
    Mark restart = controlPlane.mark();
    try (FileLoops loops = FileLoops.start(plinth, second, first)) {
      until(() -> assertThat(loops.verdict("claim-b")).contains("OwnedByAnother", both));
      until(() -> assertThat(loops.verdict("claim-a")).contains("READY", both));
      assertThat(requests(restart).writes()).isEmpty();

      loops.put(file("claim-a", configMap("claim-a")));

      quickly(() -> setOf("claimed").equals(second.membership().applySetId()));
      until(() -> assertThat(loops.verdict("claim-b")).contains("READY").doesNotContain("keeps"));
      until(() -> assertThat(loops.verdict("claim-a")).contains("READY").doesNotContain("keeps"));
      assertThat(find("claimed").orElseThrow().getMetadata().getUid()).isEqualTo(uid);
      assertThat(requests(restart).verb("delete")).isEmpty();
    }
    assertThat(events("claim-a").size() + events("claim-b").size()).isEqualTo(told + 1);
    // The new owner keeps it from the old one, which comes first in order.
    try (FileLoops loops = FileLoops.start(plinth, first, second)) {
      until(() -> assertThat(loops.verdict("claim-a")).contains("claim-b.yaml keeps it"));
      assertThat(setOf("claimed")).isEqualTo(second.membership().applySetId());

      loops.remove(second);

      quickly(() -> setOf("claimed").equals(first.membership().applySetId()));
      assertThat(find("claimed").orElseThrow().getMetadata().getUid()).isEqualTo(uid);
    }
  }

  @Test
  void aPackagedManifestComesBeforeAUsersFileAndAnUnreadableOneLosesNothing() throws Exception {
    DeclaredManifest users = file("aaa", configMap("shipped"));
    DeclaredManifest packaged =
        new DeclaredManifest(
            "zzz", Optional.of("zzz"), "/manifests/zzz.yaml", configMap("shipped"));
    try (FileLoops loops = FileLoops.start(plinth, users, packaged)) {
      until(() -> assertThat(loops.verdict("aaa")).contains("/manifests/zzz.yaml keeps it"));
      until(() -> assertThat(loops.verdict("zzz")).contains("READY"));
    }
    DeclaredManifest broken =
        new DeclaredManifest("zzz", Optional.of("zzz"), "/manifests/zzz.yaml", "a: [");
    try (FileLoops loops = FileLoops.start(plinth, users, broken)) {
      until(() -> assertThat(loops.verdict("aaa")).contains("/manifests/zzz.yaml keeps it"));
      until(() -> assertThat(loops.verdict("zzz")).contains("ParseManifestFailed"));
      assertThat(setOf("shipped")).isEqualTo(packaged.membership().applySetId());

      loops.put(
          new DeclaredManifest("zzz", Optional.of("zzz"), "/manifests/zzz.yaml", "# nothing"));

      quickly(() -> setOf("shipped").equals(users.membership().applySetId()));
    }
  }

  @Test
  void aResourceIsAppliedWithinASecondAfterItsDefinitionWhoeverMakesThat() throws Exception {
    DeclaredManifest file =
        file(
            "gadgets",
            configMap("beside-gadget")
                + "{apiVersion: users.example.org/v1, kind: Gadget, metadata: {name: g, namespace:"
                + " default}}\n");
    try (FileLoops loops = FileLoops.start(plinth, file)) {
      until(
          () ->
              assertThat(loops.verdict("gadgets"))
                  .contains("KindNotServed", "no kind Gadget in users.example.org/v1"));
      assertThat(find("beside-gadget")).isPresent();
      assertThat(problems("gadgets"))
          .singleElement()
          .satisfies(
              it ->
                  assertThat(it)
                      .containsEntry("object", "Gadget default/g")
                      .containsEntry("location", "/manifests/gadgets.yaml:3:1")
                      .containsEntry("reason", "KindNotServed"));
      assertThat(kubectl("describe", "addon", "gadgets", "-n", "kube-system"))
          .containsPattern("Location: +/manifests/gadgets.yaml:3:1")
          .containsPattern("Message: +the server has no kind Gadget in users.example.org/v1")
          .containsPattern("Reason: +KindNotServed");

      CustomResourceDefinition definition =
          client
              .apiextensions()
              .v1()
              .customResourceDefinitions()
              .load(new ByteArrayInputStream(GADGETS.getBytes(UTF_8)))
              .create();
      client
          .apiextensions()
          .v1()
          .customResourceDefinitions()
          .resource(definition)
          .waitUntilCondition(
              it ->
                  it.getStatus() != null
                      && it.getStatus().getConditions().stream()
                          .anyMatch(
                              condition ->
                                  condition.getType().equals("Established")
                                      && condition.getStatus().equals("True")),
              PATIENCE.toSeconds(),
              TimeUnit.SECONDS);

      quickly(
          () ->
              client
                      .genericKubernetesResources("users.example.org/v1", "Gadget")
                      .inNamespace("default")
                      .withName("g")
                      .get()
                  != null);
      until(() -> assertThat(loops.verdict("gadgets")).contains("READY"));
      assertThat(problems("gadgets")).isEmpty();
    }
  }

  @Test
  void anObjectIsAppliedWithinASecondAfterItsNamespaceIsThereAgain() throws Exception {
    Namespace namespace =
        new NamespaceBuilder().withNewMetadata().withName("later").endMetadata().build();
    DeclaredManifest file =
        file(
            "tenant",
            configMap("beside-tenant")
                + "---\n"
                + "{apiVersion: v1, kind: ConfigMap, metadata: {name: in, namespace: later}}\n");
    try (FileLoops loops = FileLoops.start(plinth, file)) {
      until(
          () ->
              assertThat(loops.verdict("tenant"))
                  .contains("NamespaceMissing", "kubectl create namespace later"));
      assertThat(find("beside-tenant")).isPresent();
      until(() -> assertThat(problems("tenant")).hasSize(1));

      client.resource(namespace).create();

      quickly(() -> client.configMaps().inNamespace("later").withName("in").get() != null);
      until(() -> assertThat(loops.verdict("tenant")).contains("READY"));

      // A finalizer of its own holds the namespace while its content is already gone.
      client
          .namespaces()
          .withName("later")
          .edit(
              it -> {
                it.getMetadata().setFinalizers(List.of("example.org/hold"));
                return it;
              });
      client.namespaces().withName("later").delete();
      client.configMaps().inNamespace("later").withName("in").delete();
      until(
          () ->
              assertThat(loops.verdict("tenant"))
                  .containsAnyOf("NamespaceTerminating", "NamespaceMissing"));
      client
          .namespaces()
          .withName("later")
          .edit(
              it -> {
                it.getMetadata().setFinalizers(List.of());
                return it;
              });
      until(() -> assertThat(client.namespaces().withName("later").get()).isNull());
      client.resource(namespace).create();

      quickly(() -> client.configMaps().inNamespace("later").withName("in").get() != null);
    }
  }

  @Test
  void whatIsSomebodyElsesIsTakenWithinASecondAfterItIsHandedOverOrGone() throws Exception {
    for (String name : List.of("foreign-1", "foreign-2")) {
      client
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace("default")
                  .endMetadata()
                  .withData(Map.of("k", "theirs"))
                  .build())
          .create();
    }
    DeclaredManifest file =
        file(
            "foreign",
            configMap("foreign-1") + configMap("foreign-2") + configMap("beside-foreign"));
    try (FileLoops loops = FileLoops.start(plinth, file)) {
      until(() -> assertThat(loops.verdict("foreign")).contains("ForeignObject"));
      assertThat(find("beside-foreign")).isPresent();

      client
          .configMaps()
          .inNamespace("default")
          .withName("foreign-1")
          .edit(
              it -> {
                it.getMetadata().setAnnotations(Map.of("plinth.dev/adopt", "true"));
                return it;
              });
      quickly(() -> setOf("foreign-1").equals(file.membership().applySetId()));

      client.configMaps().inNamespace("default").withName("foreign-2").delete();
      quickly(() -> setOf("foreign-2").equals(file.membership().applySetId()));
      until(() -> assertThat(loops.verdict("foreign")).contains("READY"));
    }
  }

  @Test
  void whatKubectlPrintsOfLiveObjectsCanBeDeclared() throws Exception {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("printed")
                .withNamespace("default")
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{}")
                .endMetadata()
                .withData(Map.of("k", "v"))
                .build())
        .create();
    String printed = kubectl("get", "configmaps,serviceaccounts", "-n", "default", "-o", "yaml");
    assertThat(printed).contains("kind: List", "resourceVersion:", "uid:", "last-applied");
    String list = kubectl("get", "configmap", "printed", "-o", "yaml");
    client.configMaps().inNamespace("default").withName("printed").delete();
    String typed =
        "{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: typed}}]}\n---\n";

    try (FileLoops loops = FileLoops.start(plinth, file("printed", typed + list))) {
      until(() -> assertThat(loops.verdict("printed")).contains("READY", "2 objects"));
      assertThat(find("printed").orElseThrow().getMetadata().getAnnotations())
          .containsOnlyKeys("plinth.dev/applied");
      assertThat(find("typed")).isPresent();
      Mark mark = controlPlane.mark();
      loops.put(file("printed", typed + list));
      loops.put(file("unnamed", "{apiVersion: v1, kind: ConfigMap, metadata: {generateName: x-}}"));
      until(() -> assertThat(loops.verdict("unnamed")).contains("set metadata.name"));
      assertThat(requests(mark).writes().resource("configmaps")).isEmpty();
    }
  }

  @Test
  void aKindThatMayNotBeListedFailsItsOwnObjectsOnly() throws Exception {
    client
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("few-rights")
                .endMetadata()
                .addToRules(
                    rule("apiextensions.k8s.io", "customresourcedefinitions"),
                    rule("k3s.cattle.io", "addons", "addons/status"),
                    rule("", "configmaps", "events"))
                .build())
        .create();
    client
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName("few-rights")
                .endMetadata()
                .withRoleRef(new RoleRef("rbac.authorization.k8s.io", "ClusterRole", "few-rights"))
                .addToSubjects(new Subject("rbac.authorization.k8s.io", "User", "few-rights", null))
                .build())
        .create();
    String secret = "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: default}}\n";
    try (FileLoops loops =
        FileLoops.start(
            controlPlane.clientFor("few-rights"),
            file("rights", secret + "---\n" + configMap("beside-secret")))) {
      until(
          () ->
              assertThat(loops.verdict("rights"))
                  .contains(
                      "Forbidden",
                      "Secret default/s: few-rights needs the rule {apiGroups: [\"\"], resources:"
                          + " [\"secrets\"]"));
      assertThat(find("beside-secret")).isPresent();
    }
  }

  private static PolicyRule rule(String group, String... resources) {
    return new PolicyRuleBuilder()
        .withApiGroups(group)
        .withResources(resources)
        .withVerbs("*")
        .build();
  }

  @Test
  void aFileOfTenConfigMapsCostsFourWritesBesidesThem() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      text.append(configMap("ten-" + i));
    }
    DeclaredManifest file = file("ten", text.toString());
    Mark start = controlPlane.mark();
    try (FileLoops loops = FileLoops.start(plinth)) {
      // The Addons are known before the request that watches them is sent.
      until(
          () ->
              assertThat(requests(start).verb("watch").resource("addons.k3s.cattle.io").count())
                  .isOne());
      Mark mark = controlPlane.mark();
      loops.put(file);
      until(() -> assertThat(loops.verdict("ten")).contains("READY", "10 objects"));

      assertThat(requests(mark).countsByVerbAndResource())
          .isEqualTo(
              Map.of(
                  "get /api/v1", 1L,
                  "list configmaps", 1L,
                  "watch configmaps", 1L,
                  "get configmaps", 10L,
                  "patch configmaps", 10L,
                  "patch addons.k3s.cattle.io", 2L,
                  "patch addons.k3s.cattle.io/status", 1L,
                  "create events", 1L));
    }
    assertThat(events("ten"))
        .containsExactly("AppliedManifest Applied manifest at " + file.source());
  }

  private static final String GADGETS =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: gadgets.users.example.org}
      spec:
        group: users.example.org
        scope: Namespaced
        names: {kind: Gadget, plural: gadgets, singular: gadget, listKind: GadgetList}
        versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object}}
      """;

  /** On one line, with the end of its document on the next. */
  private static String configMap(String name) {
    return """
    {apiVersion: v1, kind: ConfigMap, metadata: {name: %s}, data: {k: v}}
    ---
    """
        .formatted(name);
  }

  private static void until(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }

  /** Within the second that is promised. */
  private static void quickly(Callable<Boolean> condition) {
    await().atMost(A_SECOND).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  private Optional<ConfigMap> find(String name) {
    return Optional.ofNullable(client.configMaps().inNamespace("default").withName(name).get());
  }

  private String setOf(String name) {
    return find(name)
        .map(it -> it.getMetadata().getLabels())
        .map(it -> it.get("applyset.kubernetes.io/part-of"))
        .orElse("");
  }

  private Requests requests(Mark since) {
    return controlPlane.requestsSince(since).username("plinth-user");
  }

  private List<String> events(String addon) {
    return client
        .v1()
        .events()
        .inNamespace("kube-system")
        .withField("involvedObject.name", addon)
        .list()
        .getItems()
        .stream()
        .map(UserManifestsIT::describe)
        .toList();
  }

  private static String describe(Event event) {
    return event.getReason() + " " + event.getMessage();
  }

  private List<Map<String, String>> problems(String addon) {
    List<Map<String, String>> problems =
        client
            .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
            .inNamespace("kube-system")
            .withName(addon)
            .get()
            .get("status", "problems");
    return problems == null ? List.of() : problems;
  }

  private String kubectl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(controlPlane.kubectl().toString()));
    command.addAll(List.of(arguments));
    command.add("--kubeconfig=" + controlPlane.kubeconfig());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }
}
