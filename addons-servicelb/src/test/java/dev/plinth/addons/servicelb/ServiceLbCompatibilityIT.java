package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.TestCluster.loadBalancer;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.Addon;
import dev.plinth.testkit.addons.AddonCompatibilityKit;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;

class ServiceLbCompatibilityIT extends AddonCompatibilityKit {

  @Override
  protected Addon addon() {
    return new ServiceLbAddon();
  }

  /** A Service with addresses, whose pods are there then. */
  @Override
  protected void use(KubernetesClient client, String namespace) {
    Service service = client.resource(loadBalancer(namespace, "web", 80).build()).create();
    await()
        .atMost(patience())
        .until(
            () ->
                !client
                    .resource(service)
                    .get()
                    .getStatus()
                    .getLoadBalancer()
                    .getIngress()
                    .isEmpty());
  }
}
