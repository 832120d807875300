package dev.plinth.helm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HelmDefinitionsTest {

  private static final CustomResourceDefinition CHART = HelmDefinitions.all().get(0);
  private static final CustomResourceDefinition CONFIG = HelmDefinitions.all().get(1);

  @Test
  void the_classes_have_the_fields_of_the_definitions() {
    assertThat(properties(CHART, "spec").keySet()).isEqualTo(fieldsOf(HelmChartSpec.class));
    assertThat(properties(CHART, "status").keySet()).isEqualTo(fieldsOf(HelmChartStatus.class));
    assertThat(properties(CONFIG, "spec").keySet()).isEqualTo(fieldsOf(HelmChartConfigSpec.class));
    assertThat(properties(CONFIG, "status").keySet())
        .isEqualTo(fieldsOf(HelmChartConfigStatus.class));
  }

  @Test
  void the_classes_have_the_names_of_the_definitions() {
    assertThat(namesOf(HelmChart.class)).isEqualTo(namesOf(CHART));
    assertThat(namesOf(HelmChartConfig.class)).isEqualTo(namesOf(CONFIG));
  }

  @Test
  void the_columns_of_k3s_come_first() {
    assertThat(version(CHART).getAdditionalPrinterColumns())
        .extracting(CustomResourceColumnDefinition::getName)
        .startsWith("Repo", "Chart", "Version", "TargetNamespace", "Bootstrap", "Failed", "Job");
  }

  @Test
  void the_defaults_are_those_of_k3s_but_for_the_policy_of_a_config() {
    assertThat(properties(CHART, "spec").get("failurePolicy").getDefault().asText())
        .isEqualTo("reinstall");
    assertThat(properties(CHART, "spec").get("driver").getDefault().asText()).isEqualTo("secret");
    assertThat(properties(CONFIG, "spec").get("failurePolicy").getDefault()).isNull();
  }

  @Test
  void both_have_a_status_of_their_own() {
    assertThat(HelmDefinitions.all())
        .allSatisfy(it -> assertThat(version(it).getSubresources().getStatus()).isNotNull());
  }

  private static CustomResourceDefinitionVersion version(CustomResourceDefinition definition) {
    return definition.getSpec().getVersions().get(0);
  }

  private static Map<String, JSONSchemaProps> properties(
      CustomResourceDefinition definition, String part) {
    return version(definition)
        .getSchema()
        .getOpenAPIV3Schema()
        .getProperties()
        .get(part)
        .getProperties();
  }

  private static Set<String> fieldsOf(Class<? extends Record> type) {
    return Set.copyOf(
        Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList());
  }

  private static List<String> namesOf(Class<? extends CustomResource<?, ?>> type) {
    return List.of(
        CustomResource.getCRDName(type),
        type.getSimpleName(),
        "v1",
        HasMetadata.getSingular(type),
        String.join(",", CustomResource.getShortNames(type)));
  }

  private static List<String> namesOf(CustomResourceDefinition definition) {
    return List.of(
        definition.getMetadata().getName(),
        definition.getSpec().getNames().getKind(),
        version(definition).getName(),
        definition.getSpec().getNames().getSingular(),
        String.join(",", definition.getSpec().getNames().getShortNames()));
  }
}
