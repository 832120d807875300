package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.helm.controller.ConfigOutcome.Applied;
import dev.plinth.helm.controller.ConfigOutcome.Invalid;
import dev.plinth.helm.controller.ConfigOutcome.NotYet;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.model.HelmDefinitions;
import dev.plinth.helm.values.Owner;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a HelmChartConfig says of itself on a real API server. */
@WithControlPlane
class HelmChartConfigIT {

  private static final String NAME = "traefik";

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final ConfigStatusWriter writer;
  private String namespace;
  private String other;
  private Operator operator;

  HelmChartConfigIT(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    this.client = controlPlane.client();
    this.writer = new ConfigStatusWriter(client, InstantSource.system());
  }

  @BeforeEach
  void start() {
    for (CustomResourceDefinition definition : HelmDefinitions.all()) {
      client.resource(definition).fieldManager("test").forceConflicts().serverSideApply();
      await().ignoreExceptions().until(() -> isServed(definition.getSpec().getNames().getPlural()));
    }
    namespace = namespace();
    other = namespace();
    operator =
        new Operator(
            settings ->
                settings
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withReconciliationTerminationTimeout(Duration.ofSeconds(1))
                    .checkingCRDAndValidateLocalModel(false));
    ReconcilerRegistration<HelmChartConfig> registration =
        HelmChartConfigReconciler.registration(writer);
    operator.register(registration.reconciler(), registration.settings());
    operator.start();
  }

  @AfterEach
  void stop() {
    operator.stop();
    operator
        .getConfigurationService()
        .getExecutorServiceManager()
        .scheduledExecutorService()
        .shutdownNow();
    client.namespaces().withName(namespace).delete();
    client.namespaces().withName(other).delete();
  }

  @Test
  void an_orphan_says_which_chart_is_missing_until_it_comes() {
    create(Objects.config(namespace, NAME, "valuesContent: 'a: 1'"));
    awaitCondition("False", "NoChart", "there is no HelmChart %s/traefik".formatted(namespace));
    assertThat(live().getStatus().chart()).isNull();
    assertThat(live().getStatus().observedGeneration()).isEqualTo(1);

    create(Objects.chart(other, NAME, "chart: a"));
    awaitCondition(
        "False",
        "NoChart",
        ("there is no HelmChart %s/traefik; a HelmChart of that name is in %s, and a config counts"
                + " in its own namespace only")
            .formatted(namespace, other));

    create(Objects.chart(namespace, NAME, "chart: a"));
    awaitCondition("Unknown", "Pending", "the HelmChart is there and looked at");

    writer.write(live(), new Applied(3, List.of("a note")));
    assertThat(condition().getStatus()).isEqualTo("True");
    assertThat(condition().getMessage())
        .isEqualTo("HelmChart %s/traefik has it since revision 3".formatted(namespace));
    assertThat(live().getStatus().chart()).isEqualTo(namespace + "/traefik");
    assertThat(live().getStatus().revision()).isEqualTo(3);
    assertThat(live().getStatus().notes()).containsExactly("a note");

    client.resources(HelmChart.class).inNamespace(namespace).withName(NAME).delete();
    await().until(() -> condition().getReason().equals("NoChart"));
    assertThat(live().getStatus().revision()).isNull();
    assertThat(live().getStatus().notes()).isEmpty();
  }

  @Test
  void says_what_is_wrong_with_it_and_that_it_is_right_again() {
    create(Objects.chart(namespace, NAME, "chart: a"));
    create(Objects.config(namespace, NAME, "valuesContent: 'a: ['"));
    writer.write(live(), new Applied(2, List.of()));
    writer.write(
        live(), new Invalid(List.of(problem("line 1, column 4: broken")), Optional.of(2L)));
    assertThat(condition().getStatus()).isEqualTo("False");
    assertThat(condition().getReason()).isEqualTo("InvalidValues");
    assertThat(condition().getMessage())
        .isEqualTo("line 1, column 4: broken; revision 2 stays in force");
    writer.write(live(), new Applied(3, List.of()));
    assertThat(live().getStatus().revision()).isEqualTo(3);
    await().until(() -> events().size() == 2);
    assertThat(events()).extracting(Event::getType).containsExactlyInAnyOrder("Warning", "Normal");
    assertThat(events())
        .extracting(Event::getReason)
        .containsExactlyInAnyOrder("InvalidValues", "Applied");
  }

  @Test
  void nothing_new_is_not_written() {
    create(Objects.chart(namespace, NAME, "chart: a"));
    create(Objects.config(namespace, NAME, "valuesContent: 'a: 1'"));
    writer.write(live(), new Applied(2, List.of()));
    HelmChartConfig written = live();
    Mark mark = controlPlane.mark();
    writer.write(written, new Applied(2, List.of()));
    writer.write(written, new Applied(4, List.of())); // still there since 2
    assertThat(
            controlPlane
                .requestsSince(mark)
                .fieldManager(ConfigStatusWriter.MANAGER)
                .writes()
                .list())
        .isEmpty();
  }

  @Test
  void a_stale_view_is_no_obstacle_and_a_stale_verdict_is_not_written() {
    create(Objects.chart(namespace, NAME, "chart: a"));
    create(Objects.config(namespace, NAME, "valuesContent: 'a: 1'"));
    HelmChartConfig stale = live();
    client
        .resource(stale)
        .edit(
            it -> {
              it.getMetadata().setLabels(java.util.Map.of("a", "b"));
              return it;
            });
    writer.write(stale, new Applied(1, List.of()));
    assertThat(condition().getStatus()).isEqualTo("True");

    HelmChartConfig earlier = live();
    client.resource(Objects.config(namespace, NAME, "valuesContent: 'a: 2'")).update();
    writer.write(earlier, new NotYet("Busy", "of an earlier generation"));
    assertThat(condition().getStatus()).isEqualTo("True");
    assertThat(live().getStatus().observedGeneration()).isEqualTo(1);
  }

  private static InputProblem problem(String message) {
    return new InputProblem(Owner.HELM_CHART_CONFIG, InputProblem.INVALID_VALUES, message);
  }

  private void awaitCondition(String status, String reason, String message) {
    await()
        .untilAsserted(
            () -> {
              assertThat(condition().getStatus()).isEqualTo(status);
              assertThat(condition().getReason()).isEqualTo(reason);
              assertThat(condition().getMessage()).isEqualTo(message);
            });
  }

  private Condition condition() {
    return ConfigStatus.applied(live()).orElseGet(Condition::new);
  }

  private HelmChartConfig live() {
    return client.resources(HelmChartConfig.class).inNamespace(namespace).withName(NAME).get();
  }

  private List<Event> events() {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(it -> it.getInvolvedObject().getKind().equals("HelmChartConfig"))
        .toList();
  }

  private void create(HasMetadata object) {
    client.resource(object).create();
  }

  private String namespace() {
    return client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName("configs-")
                .endMetadata()
                .build())
        .create()
        .getMetadata()
        .getName();
  }

  private boolean isServed(String plural) {
    return plural.equals("helmcharts")
        ? client.resources(HelmChart.class).inNamespace("default").list() != null
        : client.resources(HelmChartConfig.class).inNamespace("default").list() != null;
  }
}
