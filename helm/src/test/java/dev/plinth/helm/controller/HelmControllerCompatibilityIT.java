package dev.plinth.helm.controller;

import static org.awaitility.Awaitility.await;

import dev.plinth.addon.Addon;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.testkit.addons.AddonCompatibilityKit;
import io.fabric8.kubernetes.client.KubernetesClient;

class HelmControllerCompatibilityIT extends AddonCompatibilityKit {

  @Override
  protected Addon addon() {
    return new HelmControllerAddon();
  }

  /** A chart that is installed and uninstalled: one that stays belongs to its user. */
  @Override
  protected void use(KubernetesClient client, String namespace) {
    HelmChart chart =
        client.resource(Charts.inline(namespace, "note", Charts.note("1.0.0"), "{}")).create();
    await()
        .atMost(patience())
        .until(() -> client.configMaps().inNamespace(namespace).withName("note").get() != null);
    client.resource(chart).delete();
    await().atMost(patience()).until(() -> client.resource(chart).get() == null);
  }
}
