package dev.plinth.helm.controller;

import static org.awaitility.Awaitility.await;

import dev.plinth.addon.Addon;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.testkit.addons.AddonCompatibilityKit;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

class HelmControllerCompatibilityIT extends AddonCompatibilityKit {

  @Override
  protected Addon addon() {
    return new HelmControllerAddon();
  }

  /** One chart is uninstalled; the other one stays when the controller and its definitions go. */
  @Override
  protected void use(KubernetesClient client, String namespace) {
    HelmChart left =
        client.resource(Charts.inline(namespace, "left", Charts.note("1.0.0"), "{}")).create();
    HelmChart gone =
        client.resource(Charts.inline(namespace, "gone", Charts.note("1.0.0"), "{}")).create();
    for (HelmChart chart : List.of(left, gone)) {
      await()
          .atMost(patience())
          .until(() -> note(client, namespace, chart.getMetadata().getName()));
    }
    client.resource(gone).delete();
    await().atMost(patience()).until(() -> client.resource(gone).get() == null);
  }

  private static boolean note(KubernetesClient client, String namespace, String name) {
    return client.configMaps().inNamespace(namespace).withName(name).get() != null;
  }
}
