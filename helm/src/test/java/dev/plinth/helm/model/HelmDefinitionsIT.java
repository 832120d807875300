package dev.plinth.helm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the API server says to HelmCharts and HelmChartConfigs. */
@WithControlPlane
class HelmDefinitionsIT {

  private static final String NAMESPACE = "default";

  private final KubernetesClient client;

  HelmDefinitionsIT(KubernetesClient client) {
    this.client = client;
  }

  @BeforeEach
  void define() {
    define(HelmDefinitions.all());
  }

  @AfterEach
  void empty() {
    client.resources(HelmChart.class).inNamespace(NAMESPACE).delete();
    client.resources(HelmChartConfig.class).inNamespace(NAMESPACE).delete();
  }

  @Test
  void takes_what_the_documentation_of_k3s_shows() {
    create(
        """
        apiVersion: helm.cattle.io/v1
        kind: HelmChart
        metadata: {name: apache}
        spec:
          repo: https://charts.example.org/bitnami
          chart: apache
          targetNamespace: web
          createNamespace: true
          timeout: 15m
          set:
            replicaCount: 3
            service.type: ClusterIP
            big: 3000000000
            ratio: 1.5
            enabled: true
            nothing: null
          values:
            a: {b: [1, 2.5, x, null]}
          valuesContent: |-
            service:
              type: ClusterIP
            ingress:
              enabled: true
          valuesSecrets:
            - name: more
              keys: [one, two]
              ignoreUpdates: true
          repoCAConfigMap: {name: ca}
          authSecret: {name: auth}
          dockerRegistrySecret: {name: docker}
          podSecurityContext: {runAsNonRoot: true}
          securityContext: {capabilities: {drop: [ALL]}}
          backOffLimit: 10
          serverSide: "true"
        """);
    create(
        """
        apiVersion: helm.cattle.io/v1
        kind: HelmChartConfig
        metadata: {name: apache}
        spec:
          valuesContent: |-
            image: {name: foo, tag: v1}
          forceConflicts: false
        """);

    HelmChart chart =
        client.resources(HelmChart.class).inNamespace(NAMESPACE).withName("apache").get();
    HelmChartConfig config =
        client.resources(HelmChartConfig.class).inNamespace(NAMESPACE).withName("apache").get();

    assertThat(chart.getSpec().set().keySet())
        .isEqualTo(Set.of("replicaCount", "service.type", "big", "ratio", "enabled", "nothing"));
    assertThat(chart.getSpec().set().get("big").longValue()).isEqualTo(3_000_000_000L);
    assertThat(chart.getSpec().set().get("ratio").doubleValue()).isEqualTo(1.5);
    assertThat(chart.getSpec().set().get("enabled").isBoolean()).isTrue();
    assertThat(chart.getSpec().values()).hasToString("{\"a\":{\"b\":[1,2.5,\"x\",null]}}");
    assertThat(chart.getSpec().valuesSecrets())
        .containsExactly(new ValuesSecret("more", List.of("one", "two"), true));
    assertThat(chart.getSpec().failurePolicy()).isEqualTo("reinstall");
    assertThat(chart.getSpec().driver()).isEqualTo("secret");
    assertThat(chart.getSpec().authSecret().getName()).isEqualTo("auth");
    assertThat(config.getSpec().failurePolicy()).isNull();
    assertThat(config.getSpec().forceConflicts()).isFalse();
  }

  @Test
  void takes_charts_that_say_nothing_or_null() {
    create("apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: bare}\n");
    create("apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: {name: bare}\n");
    create(
        """
        apiVersion: helm.cattle.io/v1
        kind: HelmChart
        metadata: {name: nulls}
        spec: {values: null, valuesContent: null, timeout: null, set: null, driver: null, failurePolicy: null}
        """);

    HelmChart nulls =
        client.resources(HelmChart.class).inNamespace(NAMESPACE).withName("nulls").get();

    assertThat(nulls.getSpec().values()).isNull();
    assertThat(nulls.getSpec().failurePolicy()).isEqualTo("reinstall");
  }

  @Test
  void refuses_what_helm_could_not_use_and_says_why() {
    assertRefused("HelmChart", "n", "timeout: 5x", "spec.timeout", "such as 5m0s, 90s or 1h30m");
    assertRefused("HelmChart", "n", "timeout: '300'", "spec.timeout", "such as 5m0s");
    assertRefused("HelmChart", "n", "timeout: ''", "spec.timeout", "such as 5m0s");
    assertRefused("HelmChart", "n", "values: [1]", "spec.values", "must be of type object");
    assertRefused("HelmChart", "n", "values: text", "spec.values", "must be of type object");
    assertRefused("HelmChartConfig", "n", "values: [1]", "spec.values", "of type object");
    assertRefused("HelmChart", "n", "set: {a.b: [1]}", "spec.set.a.b");
    assertRefused("HelmChart", "n", "set: {a.b: {c: 1}}", "spec.set.a.b");
    assertRefused("HelmChart", "n", "set: {a: []}", "spec.set.a");
    assertRefused("HelmChart", "n", "set: {a: {}}", "spec.set.a");
    assertRefused("HelmChart", "n", "failurePolicy: never", "spec.failurePolicy", "\"abort\"");
    assertRefused("HelmChartConfig", "n", "serverSide: maybe", "spec.serverSide", "\"auto\"");
    assertRefused("HelmChart", "n", "driver: memory", "spec.driver", "\"configmap\"");
    assertRefused("HelmChart", "n", "backOffLimit: -1", "spec.backOffLimit");
    assertRefused("HelmChart", "a".repeat(54), "chart: x", "53 characters that Helm allows");
    assertRefused("HelmChartConfig", "a".repeat(54), "values: {}", "53 characters");
    create(object("HelmChart", "a".repeat(53), "chart: x"));
  }

  @Test
  void the_driver_stays_what_it_is() {
    create(object("HelmChart", "drive", "driver: configmap"));

    assertRefused(
        () -> merge("drive", "{\"spec\": {\"driver\": \"secret\"}}"),
        "spec.driver",
        "cannot be changed");
  }

  @Test
  void writes_of_the_object_leave_the_status_alone() {
    create(object("HelmChart", "status", "chart: x") + "status: {revision: 3}\n");

    assertThat(
            client
                .resources(HelmChart.class)
                .inNamespace(NAMESPACE)
                .withName("status")
                .get()
                .getStatus())
        .isNull();
  }

  /** As a cluster of K3s has them: the definitions are replaced under the objects. */
  @Test
  void objects_stored_under_the_definitions_of_k3s_stay_usable() {
    client
        .load(HelmDefinitionsIT.class.getResourceAsStream("k3s-like-definitions.yaml"))
        .items()
        .forEach(it -> define(List.of((CustomResourceDefinition) it)));
    String longName = "b".repeat(60);
    create(object("HelmChart", "old", "{timeout: 5x, values: [1], set: {a: 5, b: x}}"));
    create(object("HelmChartConfig", "old", "valuesContent: 'a: 1'"));
    create(object("HelmChart", longName, "chart: x"));
    client
        .resources(HelmChart.class)
        .inNamespace(NAMESPACE)
        .withName(longName)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\": {\"jobName\": \"helm-install\", \"conditions\": [{\"type\": \"Failed\","
                + " \"status\": \"False\", \"reason\": \"Applying HelmChart\"}]}}");

    define(HelmDefinitions.all());

    List<HelmChart> charts =
        client.resources(HelmChart.class).inNamespace(NAMESPACE).list().getItems();
    HelmChart old = charts.stream().filter(it -> name(it).equals("old")).findFirst().orElseThrow();
    assertThat(old.getSpec().timeout()).isEqualTo("5x");
    assertThat(old.getSpec().values()).hasToString("[1]");
    assertThat(
            client
                .resources(HelmChartConfig.class)
                .inNamespace(NAMESPACE)
                .withName("old")
                .get()
                .getSpec()
                .failurePolicy())
        .isEqualTo("reinstall");
    for (String name : List.of("old", longName)) {
      merge(name, "{\"metadata\": {\"finalizers\": [\"plinth.dev/test\"]}}");
      merge(name, "{\"metadata\": {\"finalizers\": []}}");
    }
    merge("old", "{\"spec\": {\"timeout\": \"5m\", \"values\": {}}}");
  }

  private void define(List<CustomResourceDefinition> definitions) {
    for (CustomResourceDefinition definition : definitions) {
      client.resource(definition).fieldManager("test").forceConflicts().serverSideApply();
    }
    for (CustomResourceDefinition definition : definitions) {
      awaitServed(definition);
    }
  }

  /** A new definition is in force some time after it is stored: its own dry run tells. */
  private void awaitServed(CustomResourceDefinition definition) {
    boolean isOurs = HelmDefinitions.all().contains(definition);
    String kind = definition.getSpec().getNames().getKind();
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .until(() -> isAccepted(object(kind, "x".repeat(54), "{}")) != isOurs);
  }

  private boolean isAccepted(String yaml) {
    try {
      client
          .resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
          .inNamespace(NAMESPACE)
          .dryRun()
          .create();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() != 422) {
        throw e;
      }
      return false;
    }
  }

  private void create(String yaml) {
    client
        .resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
        .inNamespace(NAMESPACE)
        .create();
  }

  private void merge(String chart, String patch) {
    client
        .resources(HelmChart.class)
        .inNamespace(NAMESPACE)
        .withName(chart)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private void assertRefused(String kind, String name, String spec, String... words) {
    assertRefused(() -> create(object(kind, name, spec)), words);
  }

  private static void assertRefused(ThrowingCallable write, String... words) {
    assertThatThrownBy(write)
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContainingAll(words)
        .extracting(it -> ((KubernetesClientException) it).getCode())
        .isEqualTo(422);
  }

  private static String object(String kind, String name, String spec) {
    return "apiVersion: helm.cattle.io/v1\nkind: %s\nmetadata: {name: %s}\nspec: %s\n"
        .formatted(kind, name, spec.startsWith("{") ? spec : "{" + spec + "}");
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }
}
