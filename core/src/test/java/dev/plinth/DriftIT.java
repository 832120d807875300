package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.config.DriftPolicy;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody else changes in a running server's objects. */
@WithControlPlane
class DriftIT {

  private static final String LABEL = "applyset.kubernetes.io/part-of";
  private static final String DRIFT = "plinth.dev/drift";

  @TempDir Path data;

  private ControlPlane controlPlane;
  private KubernetesClient client;
  private TestHost host;

  @BeforeEach
  void host(ControlPlane shared) {
    controlPlane = shared;
    client = shared.client();
    host = TestHost.of(shared, data);
  }

  @Test
  void aChangeIsSetBackAndToldWithItsFieldsAndItsManagerButWithoutSecrets() throws Exception {
    try (PlinthServer server = ready("tampered", map("tampered") + secret("tampered"))) {
      seize("kubectl-edit", map("tampered", Map.of("key", "changed")));
      seize("intruder", secretOf("tampered", "c2VjcmV0LXRoYXQtc29tZWJvZHktd3JvdGU="));

      patiently().until(() -> "value".equals(data("tampered").get("key")));
      patiently().until(() -> messages("tampered", "DriftRepaired").contains("Secret"));
      assertThat(messages("tampered", "DriftRepaired"))
          .contains("ConfigMap default/tampered: data.key by kubectl-edit")
          .contains("Secret default/tampered: data.password by intruder")
          .contains("kubectl annotate configmap tampered -n default plinth.dev/drift=ignore")
          .doesNotContain("c2VjcmV0", "secret-that-somebody-wrote", "dGVsbC1uby1vbmU=");
      assertThat(host.eventReasons("tampered")).containsOnlyOnce("AppliedManifest");
      assertThat(server.status().addon("tampered").orElseThrow().state().name()).isEqualTo("READY");
    }
  }

  @Test
  void aRepairIsOneReadOneWriteAndOneEvent() throws Exception {
    try (PlinthServer server = ready("cost", map("cost"))) {
      patiently().until(() -> host.eventReasons("cost").contains("AppliedManifest"));
      Mark mark = controlPlane.mark();

      seize("kubectl-edit", map("cost", Map.of("key", "changed")));
      patiently().until(() -> host.eventReasons("cost").contains("DriftRepaired"));
      configMap("cost").delete();
      patiently().until(() -> messages("cost", "DriftRepaired").contains("deleted"));

      Requests requests = host.requestsSince(mark);
      assertThat(requests.verb("get").resource("configmaps").count()).isEqualTo(2);
      assertThat(requests.writes().resource("configmaps").count()).isEqualTo(2);
      assertThat(requests.writes().resource("events").count()).isEqualTo(2);
      assertThat(requests.writes().count()).as(requests.toString()).isEqualTo(4);
      assertThat(server.status().addon("cost")).isPresent();
    }
  }

  @Test
  void aUsersFileIsKeptJustTheSameAndNamedAsThePlaceForTheChange() throws Exception {
    Files.createDirectories(host.manifests());
    Path file = Files.writeString(host.manifests().resolve("mine.yaml"), map("mine"));
    try (PlinthServer server = host.start()) {
      patiently().until(() -> host.eventReasons("mine").contains("AppliedManifest"));

      seize("kubectl-edit", map("mine", Map.of("key", "changed")));

      patiently()
          .untilAsserted(
              () ->
                  assertThat(messages("mine", "DriftRepaired"))
                      .contains("ConfigMap default/mine: data.key by kubectl-edit")
                      .contains("to keep such a change, change " + file + ", or kubectl annotate"));
      assertThat(data("mine")).containsEntry("key", "value");
      assertThat(server.status().warnings()).isEmpty();
    }
  }

  @Test
  void aDeletionIsToldAsOne() throws Exception {
    try (PlinthServer server = ready("deleted", map("deleted"))) {
      String before = configMap("deleted").get().getMetadata().getUid();

      configMap("deleted").delete();

      patiently().until(() -> configMap("deleted").get() != null);
      assertThat(configMap("deleted").get().getMetadata().getUid()).isNotEqualTo(before);
      patiently()
          .untilAsserted(
              () ->
                  assertThat(messages("deleted", "DriftRepaired"))
                      .contains("ConfigMap default/deleted: deleted")
                      .contains("kubectl annotate addon deleted -n kube-system"));
    }
  }

  @Test
  void aLabelOfMembershipThatIsRemovedOrChangedIsSetBackAndToldAsThat() throws Exception {
    try (PlinthServer server = ready("unlabelled", map("unlabelled"))) {
      ConfigMap before = configMap("unlabelled").get();
      String set = before.getMetadata().getLabels().get(LABEL);

      edit("unlabelled", it -> label(it, null));

      patiently().until(() -> set.equals(label("unlabelled")));
      assertThat(configMap("unlabelled").get().getMetadata().getUid())
          .isEqualTo(before.getMetadata().getUid());
      patiently()
          .untilAsserted(
              () ->
                  assertThat(messages("unlabelled", "DriftRepaired"))
                      .contains("metadata.labels." + LABEL + " removed")
                      .doesNotContain("deleted"));

      edit("unlabelled", it -> label(it, "applyset-of-nobody"));

      patiently().until(() -> set.equals(label("unlabelled")));
      assertThat(server.status().addon("unlabelled").orElseThrow().state().name())
          .isEqualTo("READY");
    }
  }

  @Test
  void aHundredObjectsThatDriftAtOnceAreAllSetBackWithinASecond() throws Exception {
    int many = 100;
    String yaml =
        IntStream.range(0, many).mapToObj(it -> map("many-" + it)).collect(Collectors.joining());
    try (PlinthServer server = ready("many", yaml)) {
      List<ConfigMap> changed =
          IntStream.range(0, many)
              .mapToObj(it -> map("many-" + it, Map.of("key", "changed")))
              .toList();
      changed.parallelStream().forEach(it -> seize("vandal", it));
      long start = System.nanoTime();

      patiently()
          .pollInterval(Duration.ofMillis(20))
          .until(
              () ->
                  client.configMaps().inNamespace("default").list().getItems().stream()
                      .filter(it -> it.getMetadata().getName().startsWith("many-"))
                      .allMatch(it -> "value".equals(it.getData().get("key"))));

      Duration taken = Duration.ofNanos(System.nanoTime() - start);
      System.getLogger("drift").log(System.Logger.Level.INFO, "100 objects set back in {0}", taken);
      // The goal is one second; the rest is for a machine that does other things besides.
      assertThat(taken).isLessThan(Duration.ofSeconds(2));
      patiently()
          .untilAsserted(
              () ->
                  assertThat(host.events("many"))
                      .extracting(Event::getMessage)
                      .anyMatch(it -> it.contains(" more objects; to keep such a change, ")));
    }
  }

  @Test
  void whatWasNeverDeclaredIsNobodysBusiness() throws Exception {
    String deployment =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: scaled, namespace: default}
        spec:
          selector: {matchLabels: {app: scaled}}
          template:
            metadata: {labels: {app: scaled}}
            spec: {containers: [{name: c, image: example.org/c:1}]}
        """;
    try (PlinthServer server = host.start(TestAddon.of("scaled", deployment + map("scaled")))) {
      patiently()
          .until(
              () ->
                  client.apps().deployments().inNamespace("default").withName("scaled").get()
                      != null);
      patiently().until(() -> host.eventReasons("scaled").contains("AppliedManifest"));
      Mark mark = controlPlane.mark();

      client.apps().deployments().inNamespace("default").withName("scaled").scale(0);
      edit(
          "scaled",
          it ->
              new ConfigMapBuilder(it)
                  .addToData("other", "x")
                  .editMetadata()
                  .addToAnnotations("a", "b")
                  .endMetadata()
                  .build());
      // A later change that is answered shows that the first ones have been looked at.
      seize("vandal", map("scaled", Map.of("key", "changed")));
      patiently().until(() -> messages("scaled", "DriftRepaired").contains("data.key by vandal"));

      assertThat(configMap("scaled").get().getData()).containsEntry("other", "x");
      assertThat(
              client
                  .apps()
                  .deployments()
                  .inNamespace("default")
                  .withName("scaled")
                  .get()
                  .getSpec()
                  .getReplicas())
          .isZero();
      assertThat(host.requestsSince(mark).writes().resource("deployments")).isEmpty();
      assertThat(messages("scaled", "DriftRepaired")).doesNotContain("Deployment", "data.other");
      assertThat(server.status().addon("scaled")).isPresent();
    }
  }

  @Test
  void anObjectThatSaysIgnoreIsLeftUntilItsManifestChangesAlsoAfterARestart() throws Exception {
    try (PlinthServer server = ready("left", map("left") + map("left-else"))) {
      edit("left", it -> annotate(it, "ignore"));
      seize("kubectl-edit", map("left", Map.of("key", "mine")));
      assertLookedAt("left-else");

      assertThat(data("left")).containsEntry("key", "mine");
      assertThat(host.eventReasons("left")).doesNotContain("Drifted");
    }
    Mark mark = controlPlane.mark();
    try (PlinthServer server = ready("left", map("left") + map("left-else"))) {
      assertThat(host.requestsSince(mark).writes()).isEmpty();
    }
    String changed = map("left").replace("key: value", "key: new");
    try (PlinthServer server = ready("left", changed + map("left-else"))) {
      assertThat(data("left")).containsEntry("key", "new");
      assertThat(configMap("left").get().getMetadata().getAnnotations())
          .containsEntry(DRIFT, "ignore");
      // And it is ignored again.
      seize("kubectl-edit", map("left", Map.of("key", "mine")));
      assertLookedAt("left-else");
      assertThat(data("left")).containsEntry("key", "mine");

      edit("left", it -> annotate(it, null));

      patiently().until(() -> "new".equals(data("left").get("key")));
    }
  }

  @Test
  void anObjectThatSaysWarnIsToldOfAndLeft() throws Exception {
    String yaml = annotated("warned", "warn") + map("warned-else");
    try (PlinthServer server = ready("warned", yaml)) {
      seize("kubectl-edit", map("warned", Map.of("key", "mine")));

      patiently().until(() -> condition("warned", "Drifted").contains("data.key by kubectl-edit"));
      assertLookedAt("warned-else");
      assertThat(data("warned")).containsEntry("key", "mine");
      assertThat(host.eventReasons("warned")).containsOnlyOnce("Drifted");
      assertThat(configMap("warned").get().getMetadata().getAnnotations()).doesNotContainKey(DRIFT);

      configMap("warned").delete();

      patiently().until(() -> condition("warned", "Drifted").contains("warned: deleted"));
      assertLookedAt("warned-else");
      assertThat(configMap("warned").get()).isNull();
    }
    Mark mark = controlPlane.mark();
    try (PlinthServer server = ready("warned", yaml)) {
      assertThat(host.requestsSince(mark).writes()).isEmpty();
    }
    // Somebody thinks better of it.
    try (PlinthServer server = ready("warned", map("warned") + map("warned-else"))) {
      assertThat(configMap("warned").get()).isNotNull();
      assertThat(condition("warned", "Drifted")).isEmpty();
    }
  }

  @Test
  void anAddonSaysItForAllOfItsObjectsAndTheNearestWordCounts() throws Exception {
    String yaml =
        map("words") + annotated("words-repaired", "repair") + annotated("words-live", "repair");
    try (PlinthServer server = ready("words", yaml)) {
      addon("words").edit(it -> annotate(it, "ignore"));
      edit("words-live", it -> annotate(it, "ignore"));
      configMap("words").delete();
      seize("kubectl-edit", map("words-live", Map.of("key", "mine")));
      seize("kubectl-edit", map("words-repaired", Map.of("key", "mine")));

      patiently().until(() -> "value".equals(data("words-repaired").get("key")));
      assertLookedAt("words-repaired");
      assertThat(configMap("words").get()).isNull();
      assertThat(data("words-live")).containsEntry("key", "mine");

      addon("words").edit(it -> annotate(it, null));

      patiently().until(() -> configMap("words").get() != null);
      assertThat(data("words-live")).containsEntry("key", "mine");
    }
  }

  @Test
  void theServerSaysItForAllThatSayNothingAndAWordThatIsNoneCountsAsNothing() throws Exception {
    String yaml =
        map("server") + annotated("server-typo", "repiar") + annotated("server-else", "repair");
    try (PlinthServer server =
        host.server(host.config().drift(DriftPolicy.IGNORE).build(), TestAddon.of("server", yaml))
            .start()) {
      server.awaitReady(TestHost.PATIENCE);
      assertThat(condition("server", "InvalidDriftPolicy"))
          .contains(
              "ConfigMap default/server-typo", "found 'repiar', expected repair, warn or ignore");
      seize("kubectl-edit", map("server", Map.of("key", "mine")));
      seize("kubectl-edit", map("server-typo", Map.of("key", "mine")));
      assertLookedAt("server-else");

      assertThat(data("server")).containsEntry("key", "mine");
      assertThat(data("server-typo")).containsEntry("key", "mine");
      assertThat(host.eventReasons("server")).containsOnlyOnce("InvalidDriftPolicy");
    }
  }

  @Test
  void somebodyWhoDoesNotStopSlowsDownTheRepairsOfThatObjectAlone() throws Exception {
    try (PlinthServer server = ready("fought", map("fought") + map("fought-else"))) {
      for (int i = 1; i <= 5; i++) {
        seize("operator-of-another", map("fought", Map.of("key", "theirs-" + i)));
        patiently().until(() -> "value".equals(data("fought").get("key")));
      }
      seize("operator-of-another", map("fought", Map.of("key", "theirs")));

      patiently()
          .until(
              () ->
                  condition("fought", "Contested")
                      .contains("ConfigMap default/fought: data.key by operator-of-another"));
      assertLookedAt("fought-else");
      assertThat(data("fought")).containsEntry("key", "theirs");
      assertThat(host.eventReasons("fought")).containsOnlyOnce("Contested");
      assertThat(server.status().addon("fought").orElseThrow().state().name()).isEqualTo("READY");
      // Ten seconds after the fifth repair comes the sixth.
      patiently().until(() -> "value".equals(data("fought").get("key")));
    }
  }

  @Test
  void aFightBeforeTheFirstApplyIsCompleteSlowsDownNothingElse() throws Exception {
    String never = map("begun-never").replace("begun-never", "Not_A_Name");
    try (PlinthServer server =
        host.start(TestAddon.of("begun", map("begun") + map("begun-else") + never))) {
      patiently().until(() -> configMap("begun-else").get() != null);
      for (int i = 1; i <= 5; i++) {
        seize("operator-of-another", map("begun", Map.of("key", "theirs-" + i)));
        patiently().until(() -> "value".equals(data("begun").get("key")));
      }
      seize("operator-of-another", map("begun", Map.of("key", "theirs")));

      patiently().until(() -> condition("begun", "Contested").contains("operator-of-another"));
      assertLookedAt("begun-else");
      assertThat(data("begun")).containsEntry("key", "theirs");
      assertThat(messages("begun", "DriftRepaired")).contains("ConfigMap default/begun-else");
      assertThat(server.status().addon("begun").orElseThrow().message()).contains("Not_A_Name");
    }
  }

  /** Calm takes a minute. */
  @Tag("exhaustive")
  @Test
  void aFightThatEndsIsToldNoMore() throws Exception {
    try (PlinthServer server = ready("calmed", map("calmed"))) {
      for (int i = 1; i <= 5; i++) {
        seize("operator-of-another", map("calmed", Map.of("key", "theirs-" + i)));
        patiently().until(() -> "value".equals(data("calmed").get("key")));
      }
      patiently().until(() -> !condition("calmed", "Contested").isEmpty());

      await().atMost(Duration.ofMinutes(2)).until(() -> condition("calmed", "Contested").isEmpty());

      assertLookedAt("calmed");
      assertThat(server.status().addon("calmed").orElseThrow().state().name()).isEqualTo("READY");
    }
  }

  private PlinthServer ready(String name, String yaml) throws InterruptedException {
    PlinthServer server = host.start(TestAddon.of(name, yaml));
    assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();
    return server;
  }

  /** Changes an object that is repaired: what happened before has been looked at when that is. */
  private void assertLookedAt(String name) {
    seize("witness", map(name, Map.of("key", "changed")));
    patiently().until(() -> "value".equals(data(name).get("key")));
  }

  /** Applies with force, as another manager. */
  private void seize(String manager, HasMetadata object) {
    client
        .resource(object)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager)
                .withForce(true)
                .build(),
            object);
  }

  private void edit(String name, UnaryOperator<ConfigMap> change) {
    configMap(name).edit(change);
  }

  private Resource<ConfigMap> configMap(String name) {
    return client.configMaps().inNamespace("default").withName(name);
  }

  private Map<String, String> data(String name) {
    return configMap(name).get().getData();
  }

  private String label(String name) {
    return configMap(name).get().getMetadata().getLabels().get(LABEL);
  }

  private static ConfigMap label(ConfigMap map, String value) {
    if (value == null) {
      map.getMetadata().getLabels().remove(LABEL);
    } else {
      map.getMetadata().getLabels().put(LABEL, value);
    }
    return map;
  }

  private static <T extends HasMetadata> T annotate(T object, String policy) {
    if (policy == null) {
      object.getMetadata().getAnnotations().remove(DRIFT);
    } else {
      object.getMetadata().getAnnotations().put(DRIFT, policy);
    }
    return object;
  }

  private Resource<GenericKubernetesResource> addon(String name) {
    return client
        .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
        .inNamespace("kube-system")
        .withName(name);
  }

  /** The message of a condition that holds; empty if it does not. */
  private String condition(String addon, String type) {
    List<Map<String, Object>> conditions = host.addon(addon).get("status", "conditions");
    return conditions.stream()
        .filter(it -> type.equals(it.get("type")) && "True".equals(it.get("status")))
        .map(it -> String.valueOf(it.get("message")))
        .findFirst()
        .orElse("");
  }

  /** The messages of all events of that reason. */
  private String messages(String addon, String reason) {
    return host.events(addon).stream()
        .filter(it -> it.getReason().equals(reason))
        .map(Event::getMessage)
        .collect(Collectors.joining("\n"));
  }

  private static ConditionFactory patiently() {
    return await().atMost(TestHost.PATIENCE).pollInterval(Duration.ofMillis(50));
  }

  private static String map(String name) {
    return """
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: default}
    data: {key: value}
    """
        .formatted(name);
  }

  private static String annotated(String name, String policy) {
    return map(name)
        .replace(
            "namespace: default}",
            "namespace: default, annotations: {%s: %s}}".formatted(DRIFT, policy));
  }

  private static String secret(String name) {
    return """
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: %s, namespace: default}
    data: {password: dGVsbC1uby1vbmU=}
    """
        .formatted(name);
  }

  private static Secret secretOf(String name, String password) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .withData(Map.of("password", password))
        .build();
  }

  private static ConfigMap map(String name, Map<String, String> content) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .withData(content)
        .build();
  }
}
