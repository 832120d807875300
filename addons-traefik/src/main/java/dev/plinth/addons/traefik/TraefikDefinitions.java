package dev.plinth.addons.traefik;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Traefik's definitions: with them go all routes that users have made. They belong to the chart
 * that has brought them, or to the release {@code traefik-crd}, whose uninstallation deletes them.
 */
final class TraefikDefinitions {

  private static final String RELEASE = "traefik-crd";
  private static final Set<String> GROUPS = Set.of("traefik.io", "hub.traefik.io");

  /** What the Helm controller writes on a definition: the chart that brought it last. */
  private static final String CHART = "plinth.dev/chart";

  /** What Helm writes on an object: the release that it belongs to. */
  private static final String OWNER = "meta.helm.sh/release-name";

  /** The label of the objects that Plinth removes. */
  private static final String PART_OF = "applyset.kubernetes.io/part-of";

  private static final ResourceDefinitionContext HELM_CHART =
      new ResourceDefinitionContext.Builder()
          .withGroup(HelmApi.GROUP)
          .withVersion(HelmApi.VERSION)
          .withKind("HelmChart")
          .withPlural("helmcharts")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;

  TraefikDefinitions(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Has the release of definitions stay when its HelmChart goes: a HelmChart that nobody manages is
   * deleted without it.
   */
  void keep(String fieldManager) {
    GenericKubernetesResource chart =
        client
            .genericKubernetesResources(HELM_CHART)
            .inNamespace(TraefikInCluster.NAMESPACE)
            .withName(RELEASE)
            .get();
    if (chart != null
        && chart.getMetadata().getLabels() != null
        && chart.getMetadata().getLabels().containsKey(PART_OF)
        && chart.getMetadata().getDeletionTimestamp() == null) {
      client
          .resource(
              new GenericKubernetesResourceBuilder()
                  .withApiVersion(chart.getApiVersion())
                  .withKind(chart.getKind())
                  .withNewMetadata()
                  .withNamespace(TraefikInCluster.NAMESPACE)
                  .withName(RELEASE)
                  .withUid(chart.getMetadata().getUid())
                  .addToAnnotations(HelmApi.UNMANAGED, "true")
                  .endMetadata()
                  .build())
          .fieldManager(fieldManager)
          .serverSideApply();
    }
  }

  /** Deletes them, with all objects of their kinds; those that somebody else has brought stay. */
  void delete() {
    ours().forEach(it -> client.resource(it).lockResourceVersion().delete());
    // What was left of a release whose HelmChart has gone.
    client
        .secrets()
        .inNamespace(TraefikInCluster.NAMESPACE)
        .withLabels(Map.of("owner", "helm", "name", RELEASE))
        .list()
        .getItems()
        .forEach(it -> client.resource(it).lockResourceVersion().delete());
  }

  /** Those that {@link #delete} would delete. */
  List<ObjectReference> find() {
    return ours()
        .map(
            it ->
                new ObjectReference(
                    it.getApiVersion(), it.getKind(), "", it.getMetadata().getName()))
        .toList();
  }

  private Stream<CustomResourceDefinition> ours() {
    return client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
        .filter(TraefikDefinitions::isOurs);
  }

  private static boolean isOurs(CustomResourceDefinition definition) {
    Map<String, String> annotations = definition.getMetadata().getAnnotations();
    return GROUPS.contains(definition.getSpec().getGroup())
        && annotations != null
        && (annotations.getOrDefault(CHART, "").startsWith(TraefikInCluster.NAME + "-")
            || RELEASE.equals(annotations.get(OWNER)));
  }
}
