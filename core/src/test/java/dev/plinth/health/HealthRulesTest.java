package dev.plinth.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each table is a YAML file beside this class: cases of objects and the health they must have. */
class HealthRulesTest {

  private static final YAMLMapper YAML = YAMLMapper.builder().build();

  @TestFactory
  Stream<DynamicTest> everyKind() {
    return table("every-kind");
  }

  @TestFactory
  Stream<DynamicTest> deployment() {
    return table("deployment");
  }

  @TestFactory
  Stream<DynamicTest> replicaSet() {
    return table("replica-set");
  }

  @TestFactory
  Stream<DynamicTest> statefulSet() {
    return table("stateful-set");
  }

  @TestFactory
  Stream<DynamicTest> daemonSet() {
    return table("daemon-set");
  }

  @TestFactory
  Stream<DynamicTest> pod() {
    return table("pod");
  }

  @TestFactory
  Stream<DynamicTest> job() {
    return table("job");
  }

  @TestFactory
  Stream<DynamicTest> cronJob() {
    return table("cron-job");
  }

  @TestFactory
  Stream<DynamicTest> ingress() {
    return table("ingress");
  }

  @TestFactory
  Stream<DynamicTest> podDisruptionBudget() {
    return table("pod-disruption-budget");
  }

  @TestFactory
  Stream<DynamicTest> persistentVolumeClaim() {
    return table("persistent-volume-claim");
  }

  @TestFactory
  Stream<DynamicTest> service() {
    return table("service");
  }

  @TestFactory
  Stream<DynamicTest> namespace() {
    return table("namespace");
  }

  @TestFactory
  Stream<DynamicTest> customResourceDefinition() {
    return table("custom-resource-definition");
  }

  @TestFactory
  Stream<DynamicTest> apiService() {
    return table("api-service");
  }

  @TestFactory
  Stream<DynamicTest> addon() {
    return table("addon");
  }

  @TestFactory
  Stream<DynamicTest> helmChart() {
    return table("helm-chart");
  }

  @TestFactory
  Stream<DynamicTest> helmChartConfig() {
    return table("helm-chart-config");
  }

  @Test
  void anObjectWithoutApiVersionKindAndMetadataIsJudgedAsOfUnknownKind() {
    Health health =
        new HealthRules(new HealthContext(false)).evaluate(new GenericKubernetesResource());

    assertThat(health).isEqualTo(Health.current("Exists", ""));
  }

  private static Stream<DynamicTest> table(String name) {
    return StreamSupport.stream(read(name + ".yaml").spliterator(), false)
        .map(row -> dynamicTest(row.required("case").textValue(), () -> check(row)));
  }

  private static void check(JsonNode row) throws IOException {
    HealthContext context =
        new HealthContext(
            row.path("loadBalancerServed").asBoolean(false), Set.of("example.com/ours"));
    GenericKubernetesResource object =
        YAML.treeToValue(row.required("object"), GenericKubernetesResource.class);

    Health health = new HealthRules(context).evaluate(object);

    assertThat(health)
        .isEqualTo(
            new Health(
                Health.State.valueOf(row.required("state").textValue()),
                row.required("reason").textValue(),
                row.required("message").textValue()));
  }

  private static JsonNode read(String file) {
    try (InputStream table = HealthRulesTest.class.getResourceAsStream(file)) {
      JsonNode rows = YAML.readTree(table);
      assertThat(rows).as(file).isNotEmpty();
      return rows;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(file, e);
    }
  }
}
