package dev.plinth.helm.engine;

import dev.plinth.helm.engine.ManifestObjects.ManifestObject;
import dev.plinth.helm.release.ReleaseName;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;

/**
 * Puts on existing objects what Helm looks for before it takes an object for the release's own. It
 * is done before Helm runs, so a failure afterwards leaves objects that a repetition takes.
 */
final class OwnershipTaker {
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String NAME = "meta.helm.sh/release-name";
  private static final String NAMESPACE = "meta.helm.sh/release-namespace";

  private final KubernetesClient client;
  private final ReleaseName release;

  OwnershipTaker(KubernetesClient client, ReleaseName release) {
    this.client = client;
    this.release = release;
  }

  void take(List<ManifestObject> objects) {
    for (ManifestObject object : objects) {
      if (!object.hook()) {
        take(object.reference());
      }
    }
  }

  private void take(GenericKubernetesResource reference) {
    HasMetadata live = LiveObjects.find(client, reference).orElse(null);
    if (live != null && !isOwned(live)) {
      client
          .resource(reference)
          .patch(
              new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE).build(),
              """
              {"metadata": {"labels": {"%s": "Helm"}, "annotations": {"%s": "%s", "%s": "%s"}}}\
              """
                  .formatted(MANAGED_BY, NAME, release.name(), NAMESPACE, release.namespace()));
    }
  }

  private boolean isOwned(HasMetadata live) {
    return "Helm".equals(orEmpty(live.getMetadata().getLabels()).get(MANAGED_BY))
        && release.name().equals(orEmpty(live.getMetadata().getAnnotations()).get(NAME))
        && release.namespace().equals(orEmpty(live.getMetadata().getAnnotations()).get(NAMESPACE));
  }

  private static Map<String, String> orEmpty(Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
