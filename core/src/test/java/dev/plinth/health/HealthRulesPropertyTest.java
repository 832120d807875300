package dev.plinth.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class HealthRulesPropertyTest {

  @Property
  void everyStatusGivesOneLineOfHealth(
      @ForAll("kinds") String kind,
      @ForAll("json") Object spec,
      @ForAll("json") Object status,
      @ForAll boolean loadBalancerServed) {
    GenericKubernetesResource object = new GenericKubernetesResource();
    object.setApiVersion(kind.substring(0, kind.lastIndexOf('/')));
    object.setKind(kind.substring(kind.lastIndexOf('/') + 1));
    object.setMetadata(new ObjectMetaBuilder().withName("a").withGeneration(1L).build());
    object.setAdditionalProperty("spec", spec);
    object.setAdditionalProperty("status", status);

    Health health = new HealthRules(new HealthContext(loadBalancerServed)).evaluate(object);

    assertThat(health.reason()).isNotBlank();
    assertThat(health.message()).doesNotContainPattern("[\\r\\n]");
  }

  @Provide
  Arbitrary<String> kinds() {
    return Arbitraries.of(
        "apps/v1/Deployment",
        "apps/v1/StatefulSet",
        "apps/v1/DaemonSet",
        "apps/v1/ReplicaSet",
        "batch/v1/Job",
        "v1/Pod",
        "v1/PersistentVolumeClaim",
        "v1/Service",
        "v1/Namespace",
        "apiextensions.k8s.io/v1/CustomResourceDefinition",
        "apiregistration.k8s.io/v1/APIService",
        "k3s.cattle.io/v1/Addon",
        "helm.cattle.io/v1/HelmChart",
        "helm.cattle.io/v1/HelmChartConfig",
        "example.com/v1/Widget");
  }

  /** Any JSON, with the field names and words that the rules look for more often than by chance. */
  @Provide
  Arbitrary<Object> json() {
    Arbitrary<Object> leaves =
        Arbitraries.oneOf(
                Arbitraries.of(
                    "True", "False", "LoadBalancer", "Bound", "Failed", "OnDelete", "a\nb"),
                Arbitraries.strings().ofMaxLength(5),
                Arbitraries.integers().between(-2, 3),
                Arbitraries.longs(),
                Arbitraries.doubles(),
                Arbitraries.of(true, false),
                Arbitraries.just(List.of(condition("Ready"), condition("Progressing"))),
                Arbitraries.just(Map.of("waiting", Map.of("reason", "CrashLoopBackOff"))))
            .injectNull(0.1);
    return Arbitraries.recursive(() -> leaves, HealthRulesPropertyTest::nested, 0, 4);
  }

  private static Arbitrary<Object> nested(Arbitrary<Object> inner) {
    Arbitrary<String> names =
        Arbitraries.of(
            "observedGeneration",
            "conditions",
            "type",
            "status",
            "reason",
            "message",
            "phase",
            "replicas",
            "readyReplicas",
            "updatedReplicas",
            "updateStrategy",
            "rollingUpdate",
            "partition",
            "desiredNumberScheduled",
            "containerStatuses",
            "state",
            "lastState",
            "terminated",
            "exitCode",
            "loadBalancer",
            "ingress",
            "ip",
            "completions",
            "succeeded");
    return Combinators.combine(Arbitraries.integers().between(0, 2), inner.list().ofMaxSize(3))
        .flatAs(
            (shape, list) ->
                shape == 0
                    ? Arbitraries.just((Object) list)
                    : Arbitraries.maps(names, inner).ofMaxSize(6).map(Object.class::cast));
  }

  private static Map<String, Object> condition(String type) {
    return Map.of("type", type, "status", "False", "reason", "ProgressDeadlineExceeded");
  }
}
