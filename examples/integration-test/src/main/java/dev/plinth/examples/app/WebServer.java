package dev.plinth.examples.app;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A web server in a cluster, in reach from outside.
 *
 * @param client for the cluster
 * @param namespace where it is
 * @param name its name
 */
public record WebServer(KubernetesClient client, String namespace, String name) {

  /** Makes it, or changes it to be so. */
  public void deploy(String image, int replicas, int port) {
    client.resource(deployment(image, replicas)).serverSideApply();
    client.resource(service(port)).serverSideApply();
  }

  /**
   * Waits until it runs and has addresses.
   *
   * @param least how many addresses at least
   * @return the addresses
   * @throws io.fabric8.kubernetes.client.KubernetesClientTimeoutException if it takes too long
   */
  public List<String> awaitAddresses(int least, Duration atMost) {
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName(name)
        .waitUntilReady(atMost.toMillis(), TimeUnit.MILLISECONDS);
    return client
        .services()
        .inNamespace(namespace)
        .withName(name)
        .waitUntilCondition(
            it -> it != null && addresses(it).size() >= least,
            atMost.toMillis(),
            TimeUnit.MILLISECONDS)
        .getStatus()
        .getLoadBalancer()
        .getIngress()
        .stream()
        .map(LoadBalancerIngress::getIp)
        .toList();
  }

  private static List<LoadBalancerIngress> addresses(Service service) {
    return service.getStatus().getLoadBalancer().getIngress();
  }

  private Deployment deployment(String image, int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .withMatchLabels(labels())
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels())
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("web")
        .withImage(image)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private Service service(int port) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withType("LoadBalancer")
        .withSelector(labels())
        .addNewPort()
        .withPort(port)
        .endPort()
        .endSpec()
        .build();
  }

  private Map<String, String> labels() {
    return Map.of("app", name);
  }
}
