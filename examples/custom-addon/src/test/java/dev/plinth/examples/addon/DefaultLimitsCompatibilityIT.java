package dev.plinth.examples.addon;

import static org.awaitility.Awaitility.await;

import dev.plinth.addon.Addon;
import dev.plinth.testkit.addons.AddonCompatibilityKit;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import org.junit.jupiter.api.Tag;

@Tag("exhaustive")
class DefaultLimitsCompatibilityIT extends AddonCompatibilityKit {

  @Override
  protected Addon addon() {
    return new DefaultLimitsAddon();
  }

  /** The label brings the LimitRange, and back when somebody deletes it. */
  @Override
  protected void use(KubernetesClient client, String namespace) {
    client
        .namespaces()
        .withName(namespace)
        .edit(
            it ->
                new NamespaceBuilder(it)
                    .editMetadata()
                    .addToLabels(Limits.LABEL, "true")
                    .endMetadata()
                    .build());
    Resource<LimitRange> limits =
        client.limitRanges().inNamespace(namespace).withName("default-limits");
    await().atMost(patience()).until(() -> limits.get() != null);
    String uid = limits.get().getMetadata().getUid();
    limits.delete();
    await()
        .atMost(patience())
        .until(() -> limits.get() != null && !uid.equals(limits.get().getMetadata().getUid()));
  }
}
