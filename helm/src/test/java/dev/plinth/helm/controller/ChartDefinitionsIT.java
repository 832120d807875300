package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.Mark;
import dev.plinth.helm.chart.ChartArchive;
import dev.plinth.helm.chart.TestArchive;
import dev.plinth.helm.controller.DefinitionsOutcome.Done;
import dev.plinth.helm.controller.DefinitionsOutcome.Failed;
import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The definitions of charts, on a real API server. */
class ChartDefinitionsIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  private static final String MANAGER = "plinth-helm-controller";

  private KubernetesClient client;
  private ChartDefinitions definitions;
  private String group;

  @BeforeEach
  void open() {
    client = CONTROL_PLANE.client();
    definitions = new ChartDefinitions(client, MANAGER);
    group = "g" + UUID.randomUUID().toString().substring(0, 8) + ".example.org";
  }

  private String definition(String field) {
    return definition(field, "v1");
  }

  private String definition(String field, String version) {
    return """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: things.%1$s
      creationTimestamp: null
    spec:
      group: %1$s
      scope: Namespaced
      names: {kind: Thing, plural: things}
      versions:
        - name: %3$s
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties: {%2$s: {type: string}}
    status: {conditions: [], storedVersions: []}
    """
        .formatted(group, field, version);
  }

  private static ChartArchive chart(String name, String version, String... files) throws Exception {
    TestArchive archive = TestArchive.of(name, version);
    for (int i = 0; i < files.length; i++) {
      archive.with("%s/crds/%d.yaml".formatted(name, i), files[i]);
    }
    return ChartArchive.read(archive.bytes(), name + ".tgz");
  }

  private DefinitionsOutcome apply(ChartArchive chart) {
    return definitions.apply(chart, Optional.empty(), Optional.empty());
  }

  private Done done(ChartArchive chart) {
    DefinitionsOutcome outcome = apply(chart);
    assertThat(outcome).isInstanceOf(Done.class);
    return (Done) outcome;
  }

  private CustomResourceDefinition live() {
    return client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("things." + group)
        .get();
  }

  private String field() {
    return live()
        .getSpec()
        .getVersions()
        .get(0)
        .getSchema()
        .getOpenAPIV3Schema()
        .getProperties()
        .keySet()
        .toString();
  }

  @Test
  void they_are_served_at_the_end_changed_by_an_upgrade_and_unchanged_cost_no_write()
      throws Exception {
    assertThat(done(chart("web", "1.0.0", definition("a"))).applied())
        .containsExactly("things." + group);
    assertThat(client.supports(group + "/v1", "Thing")).isTrue();

    Mark mark = CONTROL_PLANE.controlPlane().mark();
    assertThat(done(chart("web", "1.0.0", definition("a"))))
        .isEqualTo(new Done(List.of(), List.of()));
    assertThat(CONTROL_PLANE.controlPlane().requestsSince(mark).fieldManager(MANAGER).count())
        .isZero();

    assertThat(done(chart("web", "1.1.0", definition("b"))).applied()).hasSize(1);
    assertThat(field()).isEqualTo("[b]");
    assertThat(live().getMetadata().getAnnotations())
        .containsEntry("plinth.dev/chart", "web-1.1.0");
  }

  @Test
  void one_that_was_looked_at_is_read_again_when_it_has_changed_only() throws Exception {
    ChartArchive chart = chart("web", "1.0.0", definition("a"));
    done(chart);
    Mark mark = CONTROL_PLANE.controlPlane().mark();
    assertThat(done(chart).applied()).isEmpty();
    assertThat(
            CONTROL_PLANE
                .controlPlane()
                .requestsSince(mark)
                .filter(it -> it.toString().contains(group))
                .count())
        .isEqualTo(1);
    client.apiextensions().v1().customResourceDefinitions().withName("things." + group).delete();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(apply(chart)).isInstanceOf(Done.class));
    assertThat(field()).isEqualTo("[a]");
  }

  @Test
  void many_are_applied_and_what_is_no_definition_is_told() throws Exception {
    String second = definition("a").replace("things", "others").replace("Thing", "Other");
    Done done =
        done(
            chart(
                "web",
                "1.0.0",
                definition("a") + "---\n" + second,
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"));
    assertThat(done.applied()).containsExactly("things." + group, "others." + group);
    assertThat(done.notes())
        .containsExactly(
            "web/crds/1.yaml: left out: a ConfigMap, expected a CustomResourceDefinition of"
                + " apiextensions.k8s.io/v1");
  }

  @Test
  void those_that_helm_has_made_are_taken_over() throws Exception {
    client
        .load(stream(definition("a")))
        .items()
        .forEach(it -> client.resource(it).fieldManager("helm").serverSideApply());
    assertThat(done(chart("web", "1.0.0", definition("b"))).applied()).hasSize(1);
    assertThat(field()).isEqualTo("[b]");
  }

  @Test
  void anothers_is_left_with_a_note_if_it_differs_and_taken_with_consent() throws Exception {
    client
        .load(stream(definition("a")))
        .items()
        .forEach(it -> client.resource(it).fieldManager("kubectl-create").serverSideApply());
    assertThat(done(chart("web", "1.0.0", definition("a"))))
        .isEqualTo(new Done(List.of(), List.of()));
    Done kept = done(chart("web", "1.1.0", definition("b")));
    assertThat(kept.applied()).isEmpty();
    assertThat(kept.notes())
        .containsExactly(
            "CustomResourceDefinition things.%1$s is left as it is: it differs from the chart's, and is managed by kubectl-create; to have the chart's: kubectl annotate crd things.%1$s plinth.dev/adopt=true"
                .formatted(group));
    assertThat(field()).isEqualTo("[a]");

    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("things." + group)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"annotations\": {\"plinth.dev/adopt\": \"true\"}}}");
    assertThat(done(chart("web", "1.1.0", definition("b"))).applied()).hasSize(1);
    assertThat(field()).isEqualTo("[b]");
  }

  @Test
  void an_older_chart_does_not_change_what_a_newer_one_brought() throws Exception {
    done(chart("web", "1.1.0", definition("b")));
    Done kept = done(chart("web", "1.0.0", definition("a")));
    assertThat(kept.notes()).singleElement().asString().contains("is newer", "web-1.1.0");
    assertThat(done(chart("web", "1.0.0", definition("b"))).notes()).isEmpty();
    assertThat(done(chart("other", "2.0.0", definition("c"))).notes())
        .singleElement()
        .asString()
        .contains("was brought by chart web-1.1.0");
    assertThat(field()).isEqualTo("[b]");
  }

  @Test
  void what_the_server_refuses_is_told_with_the_name_and_its_words() throws Exception {
    done(chart("web", "1.0.0", definition("a", "v1")));
    DefinitionsOutcome outcome = apply(chart("web", "1.1.0", definition("a", "v2")));
    assertThat(outcome).isInstanceOf(Failed.class);
    assertThat(((Failed) outcome).message())
        .contains("CustomResourceDefinition things." + group, "storedVersions", "v1");
    assertThat(((Failed) outcome).passing()).isFalse();

    assertThat(apply(chart("web", "1.2.0", "kind: [")))
        .isInstanceOfSatisfying(
            Failed.class,
            it -> {
              assertThat(it.reason()).isEqualTo("InvalidDefinition");
              assertThat(it.message()).contains("web/crds/0.yaml");
            });
  }

  @Test
  void the_rights_are_those_of_the_charts_account() throws Exception {
    DefinitionsOutcome outcome =
        definitions.apply(
            chart("web", "1.0.0", definition("a")),
            Optional.empty(),
            Optional.of(new ServiceAccountName("default", "nobody")));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Failed.class,
            it ->
                assertThat(it.message())
                    .contains(
                        "system:serviceaccount:default:nobody needs the rule",
                        "customresourcedefinitions"));
    assertThat(live()).isNull();
  }

  private static java.io.InputStream stream(String text) {
    return new java.io.ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
